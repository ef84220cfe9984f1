package com.example.factories;

import com.algorithmia.sdk.plugin.secrets.SecretProvider;
import com.algorithmia.sdk.plugin.secrets.SecretProviderFactory;
import java.util.Map;

public final class NeedsArgument implements SecretProviderFactory {
    public NeedsArgument(String argument) {}

    @Override
    public SecretProvider create(Map<String, String> config) {
        return null;
    }
}
