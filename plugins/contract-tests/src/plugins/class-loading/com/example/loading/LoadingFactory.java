package com.example.loading;

import com.algorithmia.sdk.plugin.secrets.SecretProvider;
import com.algorithmia.sdk.plugin.secrets.SecretProviderFactory;
import java.util.Map;

/** Its provider tells what it finds where; see {@link LoadingProvider}. */
public final class LoadingFactory implements SecretProviderFactory {
    @Override
    public SecretProvider create(Map<String, String> config) {
        return new LoadingProvider();
    }
}
