package com.example.hostile;

import com.algorithmia.sdk.plugin.secrets.Secret;
import com.algorithmia.sdk.plugin.secrets.SecretIdentifier;
import com.algorithmia.sdk.plugin.secrets.SecretProvider;
import com.algorithmia.sdk.plugin.secrets.SimpleSecret;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

final class HostileProvider implements SecretProvider {
    private final Map<String, String> config;
    private final Map<String, String> values = new ConcurrentHashMap<>();
    private final AtomicInteger count = new AtomicInteger();

    HostileProvider(Map<String, String> config) {
        this.config = config;
    }

    /** What the deed has to tell; null if this is not its hour. */
    String during(String method, String providerKey) {
        return method.equals(config.getOrDefault("when", "getSecret")) ? Deeds.run(config, providerKey) : null;
    }

    @Override
    public SecretIdentifier createSecret(String value) {
        during("createSecret", "");
        String key = "key-" + count.incrementAndGet();
        values.put(key, value);
        return () -> key;
    }

    @Override
    public String updateSecret(SecretIdentifier id, String value) {
        during("updateSecret", id.getProviderKey());
        values.put(id.getProviderKey(), value);
        return "v" + count.incrementAndGet();
    }

    @Override
    public boolean deleteSecret(SecretIdentifier id) {
        during("deleteSecret", id.getProviderKey());
        return values.remove(id.getProviderKey()) != null;
    }

    /** The deed's report is the value. */
    @Override
    public Secret getSecret(SecretIdentifier id) {
        String report = during("getSecret", id.getProviderKey());
        return new SimpleSecret(report == null ? values.getOrDefault(id.getProviderKey(), "no deed") : report);
    }

    @Override
    public String getSecretVersion(SecretIdentifier id) {
        during("getSecretVersion", id.getProviderKey());
        return "v" + count.get();
    }

    @Override
    public Instant secretLastUpdated(SecretIdentifier id) {
        during("secretLastUpdated", id.getProviderKey());
        return Instant.EPOCH;
    }

    @Override
    public int getTtl() {
        during("getTtl", "");
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
