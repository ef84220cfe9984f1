package com.example.missing;

import com.algorithmia.sdk.plugin.secrets.SecretProvider;
import com.algorithmia.sdk.plugin.secrets.SecretProviderFactory;
import java.util.Map;

/** Needs {@link Helper}, which is left out of the JAR, as in one that was not built with its libraries. */
public final class MissingClassFactory implements SecretProviderFactory {
    @Override
    public SecretProvider create(Map<String, String> config) {
        return new Helper().provider();
    }
}
