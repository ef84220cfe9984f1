package com.example.factories;

import com.algorithmia.sdk.plugin.secrets.SecretProvider;
import com.algorithmia.sdk.plugin.secrets.SecretProviderFactory;
import java.util.Map;

public final class StaticInitialiser implements SecretProviderFactory {
    static {
        if (System.nanoTime() != 0) {
            throw new IllegalStateException("the initialiser's reason");
        }
    }

    @Override
    public SecretProvider create(Map<String, String> config) {
        return null;
    }
}
