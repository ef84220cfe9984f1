package com.example.factories;

import com.algorithmia.sdk.plugin.secrets.SecretProvider;
import com.algorithmia.sdk.plugin.secrets.SecretProviderFactory;
import java.util.Map;

public final class ThrowingConstructor implements SecretProviderFactory {
    public ThrowingConstructor() {
        throw new IllegalStateException("the constructor's reason");
    }

    @Override
    public SecretProvider create(Map<String, String> config) {
        return null;
    }
}
