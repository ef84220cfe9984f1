package com.algorithmia.plugin.vault;

import com.algorithmia.sdk.plugin.secrets.SecretProvider;
import com.algorithmia.sdk.plugin.secrets.SecretProviderFactory;
import java.util.Map;

/** Makes providers that keep secrets in HashiCorp Vault or OpenBao. The keys are those of {@link VaultSettings}. */
public class VaultSecretProviderFactory implements SecretProviderFactory {
    @Override
    public SecretProvider create(Map<String, String> config) {
        VaultSettings settings = VaultSettings.from(config);
        return new VaultSecretProvider(new KvStore(new VaultApi(settings), settings));
    }
}
