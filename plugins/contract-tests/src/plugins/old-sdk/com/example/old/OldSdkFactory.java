package com.example.old;

import com.algorithmia.sdk.plugin.secrets.Secret;
import com.algorithmia.sdk.plugin.secrets.SecretIdentifier;
import com.algorithmia.sdk.plugin.secrets.SecretProvider;
import com.algorithmia.sdk.plugin.secrets.SecretProviderFactory;
import com.algorithmia.sdk.plugin.secrets.SimpleSecret;
import java.time.Instant;
import java.util.Map;

public final class OldSdkFactory implements SecretProviderFactory {
    @Override
    public SecretProvider create(Map<String, String> config) {
        return new Provider();
    }

    private static final class Provider implements SecretProvider {
        private volatile String value = "";

        @Override
        public SecretIdentifier createSecret(String value) {
            this.value = value;
            return () -> "only";
        }

        @Override
        public SecretIdentifier updateSecret(SecretIdentifier id, String value) {
            this.value = value;
            return id;
        }

        @Override
        public boolean deleteSecret(SecretIdentifier id) {
            return true;
        }

        @Override
        public Secret getSecret(SecretIdentifier id) {
            return new SimpleSecret(value);
        }

        @Override
        public String getSecretVersion(SecretIdentifier id) {
            return "1";
        }

        @Override
        public Instant secretLastUpdated(SecretIdentifier id) {
            return Instant.EPOCH;
        }

        @Override
        public int getTtl() {
            return 0;
        }

        @Override
        public boolean allowsCreate() {
            return true;
        }

        @Override
        public boolean allowsUpdate() {
            return true;
        }

        @Override
        public boolean allowsDelete() {
            return true;
        }
    }
}
