package com.example.hostile;

import com.algorithmia.sdk.plugin.secrets.SecretProvider;
import com.algorithmia.sdk.plugin.secrets.SecretProviderFactory;
import java.util.Map;

/**
 * A plugin that means harm. Key `what` names the deed (see {@link Deeds}), `when` the method that does it: create, createSecret,
 * updateSecret, deleteSecret, getSecret (the default), getSecretVersion, secretLastUpdated, getTtl. Otherwise it keeps values in memory.
 */
public final class HostileFactory implements SecretProviderFactory {
    @Override
    public SecretProvider create(Map<String, String> config) {
        HostileProvider provider = new HostileProvider(config);
        provider.during("create", "");
        return provider;
    }
}
