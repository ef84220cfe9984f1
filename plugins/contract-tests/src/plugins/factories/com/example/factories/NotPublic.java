package com.example.factories;

import com.algorithmia.sdk.plugin.secrets.SecretProvider;
import com.algorithmia.sdk.plugin.secrets.SecretProviderFactory;
import java.util.Map;

final class NotPublic implements SecretProviderFactory {
    public NotPublic() {}

    @Override
    public SecretProvider create(Map<String, String> config) {
        return null;
    }
}
