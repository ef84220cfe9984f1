package com.example.missing;

import com.algorithmia.sdk.plugin.secrets.SecretProvider;

final class Helper {
    SecretProvider provider() {
        return null;
    }
}
