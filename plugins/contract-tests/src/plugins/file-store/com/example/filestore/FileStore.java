package com.example.filestore;

import com.algorithmia.sdk.plugin.secrets.Secret;
import com.algorithmia.sdk.plugin.secrets.SecretIdentifier;
import com.algorithmia.sdk.plugin.secrets.SecretNotFoundException;
import com.algorithmia.sdk.plugin.secrets.SecretProvider;
import com.algorithmia.sdk.plugin.secrets.SimpleSecret;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;

/** A file per secret: its version in the first line, the value after it. */
final class FileStore implements SecretProvider {
    private final Path folder;
    private final Map<String, String> config;

    FileStore(Path folder, Map<String, String> config) {
        this.folder = folder;
        this.config = config;
    }

    @Override
    public SecretIdentifier createSecret(String value) {
        String key = UUID.randomUUID().toString();
        write(file(key), UUID.randomUUID().toString(), value);
        return () -> key;
    }

    @Override
    public String updateSecret(SecretIdentifier id, String value) throws SecretNotFoundException {
        read(id); // An update does not create.
        String version = UUID.randomUUID().toString();
        write(file(id.getProviderKey()), version, value);
        return version;
    }

    @Override
    public boolean deleteSecret(SecretIdentifier id) {
        try {
            return Files.deleteIfExists(file(id.getProviderKey()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Secret getSecret(SecretIdentifier id) throws SecretNotFoundException {
        String text = read(id);
        return new SimpleSecret(text.substring(text.indexOf('\n') + 1), number("secret_ttl"));
    }

    @Override
    public String getSecretVersion(SecretIdentifier id) throws SecretNotFoundException {
        String text = read(id);
        return text.substring(0, text.indexOf('\n'));
    }

    @Override
    public Instant secretLastUpdated(SecretIdentifier id) throws SecretNotFoundException {
        read(id);
        try {
            return Files.getLastModifiedTime(file(id.getProviderKey())).toInstant();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public int getTtl() {
        return number("ttl");
    }

    @Override
    public boolean allowsCreate() {
        return !"false".equals(config.get("allows_create"));
    }

    @Override
    public boolean allowsUpdate() {
        return !"false".equals(config.get("allows_update"));
    }

    @Override
    public boolean allowsDelete() {
        return !"false".equals(config.get("allows_delete"));
    }

    private Path file(String key) {
        if (!key.matches("[A-Za-z0-9_-]{1,100}")) {
            throw new IllegalArgumentException("A key has letters, digits, - and _ only.");
        }
        return folder.resolve(key);
    }

    private String read(SecretIdentifier id) throws SecretNotFoundException {
        try {
            return new String(Files.readAllBytes(file(id.getProviderKey())), StandardCharsets.UTF_8);
        } catch (NoSuchFileException e) {
            throw new SecretNotFoundException("There is no file of that name in the folder.");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void write(Path file, String version, String value) {
        try {
            Path fresh = folder.resolve("." + UUID.randomUUID());
            Files.write(fresh, (version + "\n" + value).getBytes(StandardCharsets.UTF_8));
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private int number(String name) {
        String text = config.get(name);
        return text == null ? 0 : Integer.parseInt(text);
    }
}
