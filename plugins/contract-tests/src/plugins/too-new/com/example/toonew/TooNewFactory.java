package com.example.toonew;

import com.algorithmia.sdk.plugin.secrets.SecretProvider;
import com.algorithmia.sdk.plugin.secrets.SecretProviderFactory;
import java.util.Map;

/** Its class file is patched to a version that no Java reads yet. */
public final class TooNewFactory implements SecretProviderFactory {
    @Override
    public SecretProvider create(Map<String, String> config) {
        return null;
    }
}
