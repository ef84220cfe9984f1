package com.algorithmia.plugin.vault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class VaultSettingsTest {
    private static Map<String, String> with(String key, String value) {
        Map<String, String> config = new HashMap<>(Map.of("vault_addr", "https://v.example:8200/", "vault_token", "s.abc",
                "vault_secret_path", "/secret/app/"));
        config.put(key, value);
        return config;
    }

    private static String refused(String key, String value) {
        return assertThrows(IllegalArgumentException.class, () -> new VaultSecretProviderFactory().create(with(key, value))).getMessage();
    }

    @Test
    void aMissingKeyIsNamed() {
        for (String key : List.of("vault_addr", "vault_token", "vault_secret_path")) {
            for (String nothing : new String[] {null, "", "  "}) assertEquals("The key " + key + " is missing.", refused(key, nothing));
        }
    }

    @Test
    void addressesThatAreNoneAreRefusedWithAnExample() {
        for (String address : List.of("vault:8200", "localhost", "ftp://x", "https://", "https://u:p@v/", "https://v/?a", "https://v/#a",
                "https://v:8200/v1", "not an address"))
            assertTrue(refused("vault_addr", address).startsWith("vault_addr must be the address of the Vault server, such as https://"),
                    address);
    }

    @Test
    void aTokenWithALineBreakIsRefusedWithoutRepeatingIt() {
        String message = refused("vault_token", "s.first\ns.second");
        assertTrue(message.contains("vault_token") && !message.contains("first"), message);
    }

    @Test
    void pathsThatLeadElsewhereAreRefused() {
        for (String path : List.of("/", "secret/../sys", "secret//app", "secret/ä"))
            assertTrue(refused("vault_secret_path", path).startsWith("vault_secret_path must be"), path);
        assertTrue(refused("vault_kv_version", "3").startsWith("vault_kv_version must be 1 or 2"));
    }

    @Test
    void slashesAtTheEndsAndBlanksAroundMakeNoDifference() {
        VaultSettings settings = VaultSettings.from(with("vault_token", " s.abc\n"));
        assertEquals("https://v.example:8200", settings.address);
        assertEquals("secret/app", settings.secretPath.toString());
        assertEquals("s.abc", settings.token);
    }
}
