package com.algorithmia.plugin.vault;

import static com.algorithmia.plugin.vault.Plugin.id;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.algorithmia.sdk.plugin.secrets.SecretIdentifier;
import com.algorithmia.sdk.plugin.secrets.SecretNotFoundException;
import com.algorithmia.sdk.plugin.secrets.SecretProvider;
import io.github.jopenlibs.vault.json.JsonObject;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class Kv1Test {
    private final OpenBao server = OpenBao.dev();
    private final SecretProvider provider = Plugin.provider(server, "kv1/app");

    @BeforeAll
    static void mount() {
        OpenBao.dev().call("POST", "sys/mounts/kv1", "{\"type\":\"kv\",\"options\":{\"version\":\"1\"}}");
    }

    @Test
    void aSecretLiesPlainAtItsPathAndIsUpdatedAndReallyDeletedThere() throws Exception {
        SecretIdentifier secret = provider.createSecret("ü1");
        JsonObject fields = server.get("kv1/app/" + secret.getProviderKey()).get("data").asObject();
        assertEquals(Set.of("value", "version", "update_time"), Set.copyOf(fields.names()));
        assertEquals("ü1", fields.getString("value"));
        assertEquals(fields.getString("version"), provider.getSecretVersion(secret));
        String second = provider.updateSecret(secret, "2");
        assertNotEquals(fields.getString("version"), second);
        assertEquals(second, provider.getSecretVersion(secret));
        assertEquals("2", provider.getSecret(secret).getValue());
        assertTrue(provider.deleteSecret(secret));
        assertEquals(404, server.status("kv1/app/" + secret.getProviderKey()));
        assertFalse(provider.deleteSecret(secret));
        assertThrows(SecretNotFoundException.class, () -> provider.updateSecret(secret, "3"));
    }

    @Test
    void whatTheOriginalLeftInItsNestedLayoutIsReadUpdatedThereAndReallyDeleted() throws Exception {
        server.call("POST", "kv1/data/app/nested",
                "{\"data\":{\"value\":\"old\",\"version\":\"v-old\",\"update_time\":\"1600000000000\"}}");
        assertEquals("old", provider.getSecret(id("nested")).getValue());
        assertEquals("v-old", provider.getSecretVersion(id("nested")));
        assertEquals(Instant.ofEpochMilli(1600000000000L), provider.secretLastUpdated(id("nested")));
        String version = provider.updateSecret(id("nested"), "new");
        JsonObject fields = server.get("kv1/data/app/nested").get("data").asObject().get("data").asObject();
        assertEquals("new", fields.getString("value"));
        assertEquals(version, fields.getString("version"));
        assertTrue(provider.deleteSecret(id("nested")));
        assertEquals(404, server.status("kv1/data/app/nested"));
        assertFalse(provider.deleteSecret(id("nested")));
    }

    @Test
    void anEntryMadeByHandHasNoVersionAndNoTime() throws Exception {
        server.call("POST", "kv1/app/hand", "{\"value\":\"a\"}");
        assertEquals("a", provider.getSecret(id("hand")).getValue());
        assertNull(provider.getSecretVersion(id("hand")));
        assertNull(provider.secretLastUpdated(id("hand")));
        assertEquals(provider.updateSecret(id("hand"), "b"), provider.getSecretVersion(id("hand")));
    }

    @Test
    void theMinimalPolicyOfTheReadmeSuffices() throws Exception {
        String policy = "path \"kv1/app/*\" { capabilities = [\"create\", \"read\", \"update\", \"delete\"] }\n"
                + "path \"kv1/data/app/*\" { capabilities = [\"create\", \"read\", \"update\", \"delete\"] }";
        SecretProvider limited = Plugin.provider(server.address, server.tokenFor("kv1-minimal", policy, ""), "kv1/app");
        SecretIdentifier secret = limited.createSecret("1");
        limited.updateSecret(secret, "2");
        assertEquals("2", limited.getSecret(secret).getValue());
        assertTrue(limited.deleteSecret(secret));
        assertFalse(limited.deleteSecret(secret));
    }

    @Test
    void whereOneLayoutMayNotBeReadNothingIsSaidNotToBeThere() throws Exception {
        String token = server.tokenFor("kv1-plain-only",
                "path \"kv1/app/*\" { capabilities = [\"create\", \"read\", \"update\", \"delete\"] }", "");
        SecretProvider limited = Plugin.provider(server.address, token, "kv1/app");
        SecretIdentifier secret = limited.createSecret("1");
        assertEquals("1", limited.getSecret(secret).getValue());
        String message = Plugin.problem(token, () -> limited.deleteSecret(id("absent")));
        assertTrue(message.contains("may not read kv1/data/app/absent"), message);
    }
}
