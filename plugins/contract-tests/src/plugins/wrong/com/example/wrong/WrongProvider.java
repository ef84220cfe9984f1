package com.example.wrong;

import com.algorithmia.sdk.plugin.secrets.Secret;
import com.algorithmia.sdk.plugin.secrets.SecretIdentifier;
import com.algorithmia.sdk.plugin.secrets.SecretNotFoundException;
import com.algorithmia.sdk.plugin.secrets.SecretProvider;
import com.algorithmia.sdk.plugin.secrets.SimpleSecret;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Keeps values in memory, and does one thing wrong: null-provider, create-forgets, update-forgets, delete-forgets (answers true, deletes
 * nothing), version-stays, version-wanders, version-is-hash, value-trimmed, null-identifier, null-key, empty-key, null-secret, null-value,
 * null-version, null-updated, updated-throws, delete-throws-not-found, update-creates, lone-surrogate, negative-ttl; nothing: all is right.
 */
final class WrongProvider implements SecretProvider {
    private final String wrong;
    private final Map<String, String[]> entries = new ConcurrentHashMap<>();

    WrongProvider(String wrong) {
        this.wrong = wrong;
    }

    @Override
    public SecretIdentifier createSecret(String value) {
        String key = UUID.randomUUID().toString();
        if (!is("create-forgets")) {
            entries.put(key, entry(value));
        }
        if (is("null-identifier")) {
            return null;
        }
        return () -> is("null-key") ? null : is("empty-key") ? "" : key;
    }

    @Override
    public String updateSecret(SecretIdentifier id, String value) throws SecretNotFoundException {
        if (!is("update-creates")) {
            find(id);
        }
        String[] next = entry(value);
        if (is("version-stays")) {
            next[0] = find(id)[0];
        }
        if (!is("update-forgets")) {
            entries.put(id.getProviderKey(), next);
        }
        return is("null-version") ? null : next[0];
    }

    @Override
    public boolean deleteSecret(SecretIdentifier id) throws SecretNotFoundException {
        if (is("delete-throws-not-found")) {
            find(id);
        }
        if (is("delete-forgets")) {
            return entries.containsKey(id.getProviderKey());
        }
        return entries.remove(id.getProviderKey()) != null;
    }

    @Override
    public Secret getSecret(SecretIdentifier id) throws SecretNotFoundException {
        String value = find(id)[1];
        if (is("null-secret")) {
            return null;
        }
        if (is("lone-surrogate")) {
            value = value + '\ud800';
        }
        return new SimpleSecret(is("null-value") ? null : is("value-trimmed") ? value.trim() : value, is("negative-ttl") ? -5 : 0);
    }

    @Override
    public String getSecretVersion(SecretIdentifier id) throws SecretNotFoundException {
        String[] entry = find(id);
        return is("null-version") ? null : is("version-wanders") ? UUID.randomUUID().toString() : entry[0];
    }

    @Override
    public Instant secretLastUpdated(SecretIdentifier id) throws SecretNotFoundException {
        if (is("updated-throws")) {
            throw new NumberFormatException("Cannot parse null string");
        }
        String[] entry = find(id);
        return is("null-updated") ? null : Instant.parse(entry[2]);
    }

    @Override
    public int getTtl() {
        return is("negative-ttl") ? -5 : 0;
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

    private boolean is(String what) {
        return wrong.equals(what);
    }

    private String[] entry(String value) {
        String version = is("version-is-hash") ? Integer.toHexString(value.hashCode()) : UUID.randomUUID().toString();
        return new String[] {version, value, Instant.now().toString()};
    }

    private String[] find(SecretIdentifier id) throws SecretNotFoundException {
        String[] entry = entries.get(id.getProviderKey());
        if (entry == null) {
            throw new SecretNotFoundException("There is no such entry.");
        }
        return entry;
    }
}
