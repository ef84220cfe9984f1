package com.example.secrets;

import com.algorithmia.sdk.plugin.secrets.SecretProvider;
import com.algorithmia.sdk.plugin.secrets.SecretProviderFactory;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;

/** Reads the configuration: the key {@code folder} names a folder that is there. */
public final class FolderSecretProviderFactory implements SecretProviderFactory {
    static final String FOLDER = "folder";

    @Override
    public SecretProvider create(Map<String, String> config) {
        String name = config.get(FOLDER);
        if (name == null || name.isBlank()) {
            throw new IllegalArgumentException("The key \"folder\" is missing: give the folder that the secrets are kept in.");
        }
        Path folder;
        try {
            folder = Path.of(name.trim());
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("The key \"folder\" is no path of a folder.");
        }
        if (!folder.isAbsolute() || !Files.isDirectory(folder)) {
            throw new IllegalArgumentException(
                    "The key \"folder\" must be the absolute path of a folder that this process may read and write.");
        }
        return new FolderSecretProvider(folder);
    }
}
