package com.example.factories;

import com.algorithmia.sdk.plugin.secrets.SecretProvider;
import com.algorithmia.sdk.plugin.secrets.SecretProviderFactory;
import java.util.Map;

public final class HangingInitialiser implements SecretProviderFactory {
    static {
        while (System.nanoTime() != 0) {
            Thread.yield();
        }
    }

    @Override
    public SecretProvider create(Map<String, String> config) {
        return null;
    }
}
