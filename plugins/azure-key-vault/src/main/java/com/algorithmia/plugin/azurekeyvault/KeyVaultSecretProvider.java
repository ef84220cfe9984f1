package com.algorithmia.plugin.azurekeyvault;

import com.algorithmia.sdk.plugin.secrets.Secret;
import com.algorithmia.sdk.plugin.secrets.SecretIdentifier;
import com.algorithmia.sdk.plugin.secrets.SecretNotFoundException;
import com.algorithmia.sdk.plugin.secrets.SecretProvider;
import com.algorithmia.sdk.plugin.secrets.SimpleSecret;
import com.azure.core.util.polling.SyncPoller;
import com.azure.security.keyvault.secrets.SecretClient;
import com.azure.security.keyvault.secrets.models.DeletedSecret;
import com.azure.security.keyvault.secrets.models.KeyVaultSecret;
import com.azure.security.keyvault.secrets.models.SecretProperties;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.UUID;

/** Secrets as Key Vault secrets named by random UUIDs. */
final class KeyVaultSecretProvider implements SecretProvider {
    /** Azure's limit, in bytes of UTF-8. */
    private static final int MAX_BYTES = 25 * 1_024;
    private static final Duration DELETION = Duration.ofSeconds(30);

    private final SecretClient client;
    private final Problems problems;

    KeyVaultSecretProvider(SecretClient client, Problems problems) {
        this.client = client;
        this.problems = problems;
    }

    @Override
    public Secret getSecret(SecretIdentifier id) throws SecretNotFoundException {
        return new SimpleSecret(read(name(id)).getValue());
    }

    @Override
    public String getSecretVersion(SecretIdentifier id) throws SecretNotFoundException {
        return read(name(id)).getProperties().getVersion();
    }

    @Override
    public Instant secretLastUpdated(SecretIdentifier id) throws SecretNotFoundException {
        SecretProperties properties = read(name(id)).getProperties();
        OffsetDateTime updated = properties.getUpdatedOn() == null ? properties.getCreatedOn() : properties.getUpdatedOn();
        return updated == null ? null : updated.toInstant();
    }

    @Override
    public SecretIdentifier createSecret(String value) {
        requireStorable(value);
        String name = UUID.randomUUID().toString();
        try {
            client.setSecret(name, value);
        } catch (RuntimeException e) {
            throw problems.of(e, "set", name);
        }
        return () -> name;
    }

    @Override
    public String updateSecret(SecretIdentifier id, String value) throws SecretNotFoundException {
        requireStorable(value);
        String name = name(id);
        // Setting alone would create a secret that is not there. The content type and tags that a person gave it stay.
        SecretProperties before = read(name).getProperties();
        KeyVaultSecret next = new KeyVaultSecret(name, value)
                .setProperties(new SecretProperties().setContentType(before.getContentType()).setTags(before.getTags()));
        try {
            return client.setSecret(next).getProperties().getVersion();
        } catch (RuntimeException e) {
            throw problems.of(e, "set", name);
        }
    }

    @Override
    public boolean deleteSecret(SecretIdentifier id) {
        return delete(name(id), DELETION);
    }

    boolean delete(String name, Duration patience) {
        SyncPoller<DeletedSecret, Void> deletion;
        try {
            deletion = client.beginDeleteSecret(name).setPollInterval(Duration.ofSeconds(1));
        } catch (RuntimeException e) {
            if (problems.saysNotFound(e)) return false;
            throw problems.of(e, "delete", name);
        }
        try {
            // Azure deletes in the background; until it has, the name and the value are still about.
            deletion.waitForCompletion(patience);
            return true;
        } catch (RuntimeException e) {
            throw problems.unfinished(e, name);
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

    private KeyVaultSecret read(String name) throws SecretNotFoundException {
        try {
            return client.getSecret(name);
        } catch (RuntimeException e) {
            if (problems.saysNotFound(e))
                throw new SecretNotFoundException(problems.vault() + " has no secret " + name
                        + ". If it was deleted there, it can be recovered below \"Manage deleted secrets\".");
            throw problems.of(e, "get", name);
        }
    }

    /** Names have no other characters in Azure; anything else could reach another of the vault's addresses. */
    private String name(SecretIdentifier id) {
        String name = id.getProviderKey();
        if (name == null || !name.matches("[0-9a-zA-Z-]{1,127}"))
            throw new KeyVaultProblem("The provider key is no name of a Key Vault secret: 1 to 127 letters, digits and hyphens, without"
                    + " the address and version.");
        return name;
    }

    private static void requireStorable(String value) {
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(value))
            throw new IllegalArgumentException("The value has half of a surrogate pair in it, which Key Vault cannot keep. Encode binary"
                    + " values, for example as Base64.");
        int bytes = value.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MAX_BYTES)
            throw new IllegalArgumentException("The value has " + bytes + " bytes; Azure Key Vault takes at most " + MAX_BYTES
                    + " (25 KB). Use another provider for it.");
    }
}
