package com.algorithmia.plugin.vault;

import static com.algorithmia.plugin.vault.Plugin.id;
import static com.algorithmia.plugin.vault.Plugin.problem;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.algorithmia.sdk.plugin.secrets.SecretIdentifier;
import com.algorithmia.sdk.plugin.secrets.SecretNotFoundException;
import com.algorithmia.sdk.plugin.secrets.SecretProvider;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** What the server refuses, and what the administrator is told. */
class RefusalsTest {
    private static final String MINIMAL = "path \"secret/data/least/*\" { capabilities = [\"create\", \"read\", \"update\"] }\n"
            + "path \"secret/metadata/least/*\" { capabilities = [\"delete\"] }";

    private final OpenBao server = OpenBao.dev();

    /** Every method of the provider ends with a message that has these words; none answers false, "not found", or an identifier. */
    private void everyCallSays(SecretProvider provider, String token, String... words) {
        SecretIdentifier secret = id("some");
        List<Executable> calls = List.of(() -> provider.createSecret("hunter2-value"), () -> provider.updateSecret(secret, "hunter2-value"),
                () -> provider.getSecret(secret), () -> provider.getSecretVersion(secret), () -> provider.secretLastUpdated(secret),
                        () -> provider.deleteSecret(secret));
        for (Executable call : calls) {
            String message = problem(token, call);
            for (String word : words) assertTrue(message.contains(word), message);
        }
    }

    @Test
    void theMinimalPolicyOfTheReadmeSuffices() throws Exception {
        SecretProvider provider = Plugin.provider(server.address, server.tokenFor("least", MINIMAL, ""), "secret/least");
        SecretIdentifier secret = provider.createSecret("1");
        String version = provider.updateSecret(secret, "2");
        assertEquals(version, provider.getSecretVersion(secret));
        assertEquals("2", provider.getSecret(secret).getValue());
        assertTrue(provider.deleteSecret(secret));
        assertFalse(provider.deleteSecret(secret));
        assertThrows(SecretNotFoundException.class, () -> provider.getSecret(secret));
    }

    @Test
    void aWrongTokenIsNamedByEveryCall() {
        everyCallSays(Plugin.provider(server.address, "s.wrong-token", "secret/app"), "s.wrong-token", "refuses the token", "vault_token");
        everyCallSays(Plugin.provider(server.address, "s.wrong-token", "secret/app", "vault_kv_version", "2"), "s.wrong-token",
                "refuses the token");
    }

    @Test
    void aTokenThatExpiresWhileTheProviderLivesIsNamed() throws Exception {
        String token = server.tokenFor("least", MINIMAL, "\"ttl\":\"1s\"");
        SecretProvider provider = Plugin.provider(server.address, token, "secret/least");
        assertFalse(provider.deleteSecret(id("some")));
        Thread.sleep(1_200);
        everyCallSays(provider, token, "refuses the token", "expired");
    }

    @Test
    void aRevokedTokenIsNamed() {
        String token = server.tokenFor("least", MINIMAL, "");
        server.call("POST", "auth/token/revoke", "{\"token\":\"" + token + "\"}");
        everyCallSays(Plugin.provider(server.address, token, "secret/least"), token, "refuses the token", "revoked");
    }

    @Test
    void aMissingCapabilityIsNamedWithItsPathAndTheTokenIsNotBlamed() throws Exception {
        SecretIdentifier there = Plugin.provider(server, "secret/part").createSecret("hunter2-value");
        String readOnly = server.tokenFor("read-only", "path \"secret/data/part/*\" { capabilities = [\"read\"] }", "");
        SecretProvider provider = Plugin.provider(server.address, readOnly, "secret/part");
        assertEquals("hunter2-value", provider.getSecret(there).getValue());
        String path = "secret/data/part/" + there.getProviderKey();
        assertTrue(problem(readOnly,
                () -> provider.createSecret("hunter2-value")).startsWith("The token may not create secret/data/part/"));
        String update = problem(readOnly, () -> provider.updateSecret(there, "hunter2-value"));
        assertTrue(update.startsWith("The token may not update " + path)
                && update.contains("path \"secret/data/part/*\" { capabilities = [\"update\"] }"), update);
        String delete = problem(readOnly, () -> provider.deleteSecret(there));
        assertTrue(delete.startsWith("The token may not delete secret/metadata/part/") && delete.contains("\"secret/metadata/part/*\""),
                delete);
        String writeOnly = server.tokenFor("write-only", "path \"secret/data/part/*\" { capabilities = [\"create\", \"update\"] }", "");
        assertTrue(problem(writeOnly, () -> Plugin.provider(server.address, writeOnly,
                "secret/part").getSecret(there)).startsWith("The token may not read " + path));
    }

    @Test
    void aTokenWithNothingHereIsToldWhatItsPolicyNeeds() {
        String token = server.tokenFor("elsewhere", "path \"secret/data/elsewhere/*\" { capabilities = [\"read\"] }", "");
        everyCallSays(Plugin.provider(server.address, token, "cubbyhole-not/app"), token, "no rights below cubbyhole-not/app",
                "vault_secret_path");
        String message = problem(token, () -> Plugin.provider(server.address, token, "secret/app").getSecret(id("x")));
        assertTrue(message.startsWith("The token may not read secret/data/app/x"), message);
    }

    @Test
    void aMissingMountIsNamed() {
        everyCallSays(Plugin.provider(server, "no-such-mount/app"), server.token, "no secrets engine mounted", "no-such-mount/app",
                "vault_secret_path");
        everyCallSays(Plugin.provider(server, "no-such-mount/app", "vault_kv_version", "2"), server.token, "no secrets engine mounted");
        everyCallSays(Plugin.provider(server, "no-such-mount/app", "vault_kv_version", "1"), server.token, "no secrets engine mounted");
    }

    @Test
    void aMountRemovedWhileTheProviderLivesIsNamedAndNothingIsSaidNotToBeThere() throws Exception {
        server.call("POST", "sys/mounts/gone", "{\"type\":\"kv\",\"options\":{\"version\":\"2\"}}");
        SecretProvider provider = Plugin.provider(server, "gone/app");
        provider.createSecret("1");
        server.call("DELETE", "sys/mounts/gone", null);
        everyCallSays(provider, server.token, "no secrets engine mounted", "gone/");
    }

    @Test
    void anEngineOfAnotherKindIsNamed() {
        server.call("POST", "sys/mounts/transit", "{\"type\":\"transit\"}");
        everyCallSays(Plugin.provider(server, "transit/app"), server.token, "is no KV engine but \"transit\"", "vault_secret_path");
    }

    @Test
    void aKvVersionThatWasSetWronglyIsNamedAndNothingIsLeftBehind() {
        String two = problem(server.token, () -> Plugin.provider(server, "secret/wrong", "vault_kv_version",
                "1").createSecret("hunter2-value"));
        assertTrue(two.contains("is KV version 2") && two.contains("vault_kv_version"), two);
        server.call("POST", "sys/mounts/old", "{\"type\":\"kv\",\"options\":{\"version\":\"1\"}}");
        SecretProvider wrong = Plugin.provider(server, "old/app", "vault_kv_version", "2");
        assertTrue(problem(server.token, () -> wrong.createSecret("hunter2-value")).contains("is KV version 1"));
        assertEquals(404, server.status("old/?list=true"), "no entry");
        server.call("POST", "old/data/app/x", "{\"data\":{\"value\":\"hunter2-value\"}}");
        assertTrue(problem(server.token, () -> wrong.getSecret(id("x"))).contains("is KV version 1"));
    }

    @Test
    void aRateLimitIsNamed() {
        server.call("POST", "sys/mounts/limited", "{\"type\":\"kv\",\"options\":{\"version\":\"2\"}}");
        server.call("POST", "sys/quotas/rate-limit/limited", "{\"path\":\"limited/\",\"rate\":0.01}");
        SecretProvider provider = Plugin.provider(server, "limited/app");
        String message = "";
        for (int i = 0; i < 3 && message.isEmpty(); i++) {
            try {
                provider.createSecret("hunter2-value");
            } catch (VaultProblem e) {
                message = e.getMessage();
            }
        }
        assertTrue(message.contains("rate limit") && message.contains("Try again later"), message);
    }

    @Test
    void aValueThatIsTooLargeIsNamedAndNotStored() {
        String message = problem(server.token, () -> Plugin.provider(server, "secret/large").createSecret("hunter2-value".repeat(6 << 20)));
        assertTrue(message.contains("size") || message.contains("too large"), message);
    }

    @Test
    void secretsOfANamespaceAreKeptApart() throws Exception {
        server.call("POST", "sys/namespaces/team", "{}");
        assertTrue(server.send("POST", "sys/mounts/kv", "{\"type\":\"kv\",\"options\":{\"version\":\"2\"}}", "team").statusCode() < 300);
        SecretProvider provider = Plugin.provider(server, "kv/app", "vault_namespace", "team/");
        SecretIdentifier secret = provider.createSecret("in team");
        assertEquals("in team", provider.getSecret(secret).getValue());
        assertEquals(200, server.send("GET", "kv/data/app/" + secret.getProviderKey(), null, "team").statusCode());
        everyCallSays(Plugin.provider(server, "kv/app"), server.token, "no secrets engine mounted", "whether vault_namespace is needed");
        everyCallSays(Plugin.provider(server, "kv/app", "vault_namespace", "no-such-team"), server.token, "namespace no-such-team",
                "vault_namespace");
        assertTrue(provider.deleteSecret(secret));
    }
}
