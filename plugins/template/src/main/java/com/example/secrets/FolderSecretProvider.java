package com.example.secrets;

import com.algorithmia.sdk.plugin.secrets.Secret;
import com.algorithmia.sdk.plugin.secrets.SecretIdentifier;
import com.algorithmia.sdk.plugin.secrets.SecretNotFoundException;
import com.algorithmia.sdk.plugin.secrets.SecretProvider;
import com.algorithmia.sdk.plugin.secrets.SimpleSecret;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * A file per secret, named by a UUID; its first line is the version, the rest the value. Not encrypted: an example, and something for tests.
 */
final class FolderSecretProvider implements SecretProvider {
    private static final Pattern KEY = Pattern.compile("[0-9a-f-]{36}");

    private final Path folder;

    FolderSecretProvider(Path folder) {
        this.folder = folder;
    }

    @Override
    public SecretIdentifier createSecret(String value) {
        String key = UUID.randomUUID().toString();
        write(key, value);
        return () -> key;
    }

    @Override
    public String updateSecret(SecretIdentifier id, String value) throws SecretNotFoundException {
        read(id); // An update does not create.
        return write(id.getProviderKey(), value);
    }

    @Override
    public boolean deleteSecret(SecretIdentifier id) throws SecretNotFoundException {
        try {
            return Files.deleteIfExists(file(id));
        } catch (IOException e) {
            throw new UncheckedIOException("The folder cannot be written.", e);
        }
    }

    @Override
    public Secret getSecret(SecretIdentifier id) throws SecretNotFoundException {
        String text = read(id);
        return new SimpleSecret(text.substring(text.indexOf('\n') + 1));
    }

    @Override
    public String getSecretVersion(SecretIdentifier id) throws SecretNotFoundException {
        String text = read(id);
        return text.substring(0, text.indexOf('\n'));
    }

    @Override
    public Instant secretLastUpdated(SecretIdentifier id) throws SecretNotFoundException {
        try {
            return Files.getLastModifiedTime(file(id)).toInstant();
        } catch (NoSuchFileException e) {
            throw notFound();
        } catch (IOException e) {
            throw new UncheckedIOException("The folder cannot be read.", e);
        }
    }

    @Override
    public int getTtl() {
        return 0; // One object for ever. Say, with a token that lasts an hour: 3000.
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

    private String read(SecretIdentifier id) throws SecretNotFoundException {
        try {
            return Files.readString(file(id));
        } catch (NoSuchFileException e) {
            throw notFound();
        } catch (IOException e) {
            // Not "not found": the folder may be away for a moment.
            throw new UncheckedIOException("The folder cannot be read.", e);
        }
    }

    /** Under another name first: who reads meanwhile sees the old value or the new one, whole. Returns the version. */
    private String write(String key, String value) {
        String version = UUID.randomUUID().toString(); // Tells nothing of the value.
        Path fresh = folder.resolve("." + version);
        try {
            Files.createFile(fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(fresh, version + "\n" + value, StandardOpenOption.WRITE);
            Files.move(fresh, folder.resolve(key), StandardCopyOption.ATOMIC_MOVE);
            return version;
        } catch (IOException e) {
            throw new UncheckedIOException("The folder cannot be written.", e);
        }
    }

    /** A key comes from outside: it must not lead out of the folder. */
    private Path file(SecretIdentifier id) throws SecretNotFoundException {
        if (!KEY.matcher(id.getProviderKey()).matches()) {
            throw notFound();
        }
        return folder.resolve(id.getProviderKey());
    }

    private static SecretNotFoundException notFound() {
        return new SecretNotFoundException("There is no secret of that key in the folder.");
    }
}
