package com.example.wrong;

import com.algorithmia.sdk.plugin.secrets.SecretProvider;
import com.algorithmia.sdk.plugin.secrets.SecretProviderFactory;
import java.util.Map;

/** Plugins that break the contract without meaning harm. Key `wrong` says how; see {@link WrongProvider}. */
public final class WrongFactory implements SecretProviderFactory {
    @Override
    public SecretProvider create(Map<String, String> config) {
        String wrong = config.getOrDefault("wrong", "nothing");
        return wrong.equals("null-provider") ? null : new WrongProvider(wrong);
    }
}
