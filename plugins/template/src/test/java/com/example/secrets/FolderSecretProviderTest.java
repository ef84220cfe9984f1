package com.example.secrets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.algorithmia.sdk.plugin.secrets.SecretIdentifier;
import com.algorithmia.sdk.plugin.secrets.SecretNotFoundException;
import com.algorithmia.sdk.plugin.secrets.SecretProvider;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every provider must do, whatever its back end. */
class FolderSecretProviderTest {
    @TempDir
    Path folder;

    private SecretProvider provider;

    @BeforeEach
    void create() {
        provider = another();
    }

    private SecretProvider another() {
        return new FolderSecretProviderFactory().create(Map.of(FolderSecretProviderFactory.FOLDER, folder.toString()));
    }

    @Test
    @DisplayName("a value comes back character for character, in another process too")
    void keepsTheValue() throws Exception {
        String value = "-----BEGIN KEY-----\r\nzażółć 🗝\n\t\"quoted\"\\\n\n";
        String key = provider.createSecret(value).getProviderKey();
        assertEquals(value, another().getSecret(() -> key).getValue());
    }

    @Test
    @DisplayName("a version changes with each update, also to the same value, and is stable otherwise")
    void versions() throws Exception {
        SecretIdentifier id = provider.createSecret("one");
        String first = provider.getSecretVersion(id);
        assertEquals(first, provider.getSecretVersion(id));
        String second = provider.updateSecret(id, "one");
        assertNotEquals(first, second);
        assertEquals(second, provider.getSecretVersion(id));
    }

    @Test
    @DisplayName("deleting answers true once and false after that")
    void deletes() throws Exception {
        SecretIdentifier id = provider.createSecret("one");
        assertTrue(provider.deleteSecret(id));
        assertFalse(provider.deleteSecret(id));
        assertThrows(SecretNotFoundException.class, () -> provider.getSecret(id));
    }

    @Test
    @DisplayName("an update does not create")
    void updateDoesNotCreate() {
        SecretIdentifier id = () -> "00000000-0000-0000-0000-000000000000";
        assertThrows(SecretNotFoundException.class, () -> provider.updateSecret(id, "value"));
        assertThrows(SecretNotFoundException.class, () -> provider.getSecret(id));
    }

    @Test
    @DisplayName("a key does not lead out of the folder")
    void staysInside() {
        assertThrows(SecretNotFoundException.class, () -> provider.getSecret(() -> "../secret"));
    }

    @Test
    @DisplayName("a missing key of the configuration is named")
    void namesTheMissingKey() {
        Exception thrown = assertThrows(IllegalArgumentException.class, () -> new FolderSecretProviderFactory().create(Map.of()));
        assertTrue(thrown.getMessage().contains("folder"));
    }
}
