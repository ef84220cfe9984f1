package com.example.factories;

import com.algorithmia.sdk.plugin.secrets.SecretProvider;
import com.algorithmia.sdk.plugin.secrets.SecretProviderFactory;
import java.util.Map;

abstract class BaseFactory implements SecretProviderFactory {
    @Override
    public SecretProvider create(Map<String, String> config) {
        throw new IllegalArgumentException("The key endpoint is missing.");
    }
}
