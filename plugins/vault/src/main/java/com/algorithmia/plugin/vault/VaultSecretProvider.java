package com.algorithmia.plugin.vault;

import com.algorithmia.sdk.plugin.secrets.Secret;
import com.algorithmia.sdk.plugin.secrets.SecretIdentifier;
import com.algorithmia.sdk.plugin.secrets.SecretNotFoundException;
import com.algorithmia.sdk.plugin.secrets.SecretProvider;
import com.algorithmia.sdk.plugin.secrets.SimpleSecret;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.UUID;

/** Secrets as entries named by random UUIDs. */
final class VaultSecretProvider implements SecretProvider {
    private final KvStore store;

    VaultSecretProvider(KvStore store) {
        this.store = store;
    }

    @Override
    public Secret getSecret(SecretIdentifier id) throws SecretNotFoundException {
        return new SimpleSecret(live(id).value());
    }

    @Override
    public String getSecretVersion(SecretIdentifier id) throws SecretNotFoundException {
        return live(id).version();
    }

    @Override
    public Instant secretLastUpdated(SecretIdentifier id) throws SecretNotFoundException {
        return live(id).lastUpdated();
    }

    @Override
    public SecretIdentifier createSecret(String value) {
        requireWhole(value);
        String key = UUID.randomUUID().toString();
        store.create(key, value);
        return () -> key;
    }

    @Override
    public String updateSecret(SecretIdentifier id, String value) throws SecretNotFoundException {
        requireWhole(value);
        return store.update(live(id), value);
    }

    @Override
    public boolean deleteSecret(SecretIdentifier id) {
        try {
            // One whose newest version is deleted still has the older ones: those go too.
            store.delete(store.find(id.getProviderKey()));
            return true;
        } catch (SecretNotFoundException e) {
            return false;
        }
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

    private Entry live(SecretIdentifier id) throws SecretNotFoundException {
        Entry entry = store.find(id.getProviderKey());
        if (entry.isDeleted())
            throw new SecretNotFoundException("The newest version of the entry " + entry.path
                    + " is deleted in Vault. It can be undeleted there.");
        return entry;
    }

    /** Half a surrogate pair cannot be written as UTF-8: Vault would keep another character in its place. */
    private static void requireWhole(String value) {
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(value))
            throw new IllegalArgumentException("The value has half of a surrogate pair in it, which Vault cannot keep. Encode binary"
                    + " values, for example as Base64.");
    }
}
