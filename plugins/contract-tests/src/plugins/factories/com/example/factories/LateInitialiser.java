package com.example.factories;

import com.algorithmia.sdk.plugin.secrets.SecretProvider;
import com.algorithmia.sdk.plugin.secrets.SecretProviderFactory;
import java.util.Map;

/** The factory is right; the class that it needs in `create` is not. */
public final class LateInitialiser implements SecretProviderFactory {
    static final class Broken {
        static final Object VALUE = Integer.valueOf("not a number");
    }

    @Override
    public SecretProvider create(Map<String, String> config) {
        return (SecretProvider) Broken.VALUE;
    }
}
