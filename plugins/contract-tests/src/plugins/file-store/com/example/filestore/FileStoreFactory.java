package com.example.filestore;

import com.algorithmia.sdk.plugin.secrets.SecretProvider;
import com.algorithmia.sdk.plugin.secrets.SecretProviderFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.Map;

/**
 * The example that behaves: keeps each secret in a file of one folder. Key `folder` is needed; `ttl`, `secret_ttl` (seconds),
 * `allows_create`, `allows_update`, `allows_delete` (true or false) are not.
 */
public final class FileStoreFactory implements SecretProviderFactory {
    @Override
    public SecretProvider create(Map<String, String> config) {
        String name = config.get("folder");
        if (name == null) {
            throw new IllegalArgumentException("The key folder is missing: it names the folder that the secrets are kept in.");
        }
        Path folder = Paths.get(name);
        if (!Files.isDirectory(folder)) {
            throw new IllegalArgumentException("The key folder does not name a folder that this process can see.");
        }
        return new FileStore(folder, config);
    }
}
