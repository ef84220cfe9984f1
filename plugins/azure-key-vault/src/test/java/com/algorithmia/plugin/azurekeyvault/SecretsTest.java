package com.algorithmia.plugin.azurekeyvault;

import static com.algorithmia.plugin.azurekeyvault.Plugin.id;
import static com.algorithmia.plugin.azurekeyvault.Plugin.problem;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.algorithmia.sdk.plugin.secrets.SecretIdentifier;
import com.algorithmia.sdk.plugin.secrets.SecretNotFoundException;
import com.algorithmia.sdk.plugin.secrets.SecretProvider;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SecretsTest {
    private final FakeAzure azure = FakeAzure.running();
    private SecretProvider provider;

    @BeforeEach
    void start() {
        azure.reset();
        provider = Plugin.provider();
    }

    @Test
    void aSecretIsOneKeyVaultSecretNamedByARandomUuid() throws Exception {
        String key = provider.createSecret("v1").getProviderKey();
        assertEquals(4, UUID.fromString(key).version());
        assertEquals("v1", azure.vault.secrets.get(key).get(0).value);
        assertEquals("v1", provider.getSecret(id(key)).getValue());
        assertEquals(0, provider.getSecret(id(key)).getTtl());
        assertEquals(0, provider.getTtl());
        Instant updated = provider.secretLastUpdated(id(key));
        assertEquals(0, updated.getNano());
        assertTrue(Duration.between(updated, Instant.now()).abs().getSeconds() < 60);
    }

    @Test
    void versionsAreAzuresAndAnUpdateAnswersTheOneThatHoldsFromThenOn() throws Exception {
        SecretIdentifier secret = provider.createSecret("same");
        String first = provider.getSecretVersion(secret);
        assertTrue(first.matches("[0-9a-f]{32}"), first);
        assertEquals(first, provider.getSecretVersion(secret));
        String second = provider.updateSecret(secret, "same");
        assertNotEquals(first, second);
        assertEquals(second, provider.getSecretVersion(secret));
        assertEquals(2, azure.vault.secrets.get(secret.getProviderKey()).size());
    }

    @Test
    void everyCharacterOfAValueIsKept() throws Exception {
        SecretIdentifier secret = provider.createSecret("x");
        for (String value : List.of(" ", "ümläut — 日本語 😀 \u0001\u007f\u2028", "\"\\\r\n\t{}", "null", "5", "x".repeat(25_600),
                "ß".repeat(12_800))) {
            provider.updateSecret(secret, value);
            assertEquals(value, provider.getSecret(secret).getValue());
        }
    }

    @Test
    void aValueOverTheLimitIsRefusedBeforeAnythingIsSent() throws Exception {
        SecretIdentifier secret = provider.createSecret("x");
        int before = azure.vault.requests.get();
        for (String value : List.of("x".repeat(25_601), "ß".repeat(12_801), "hunter2-value".repeat(5_000))) {
            String message = problem(() -> provider.createSecret(value));
            assertTrue(message.contains("25 KB") && message.contains("bytes"), message);
            assertTrue(problem(() -> provider.updateSecret(secret, value)).contains("25 KB"));
        }
        assertTrue(problem(() -> provider.createSecret("hunter2-value\ud800")).contains("surrogate"));
        assertEquals(before, azure.vault.requests.get());
    }

    @Test
    void deletingWaitsForAzureAndLeavesTheSecretRecoverable() throws Exception {
        azure.vault.pollsUntilDeleted = 2;
        SecretIdentifier secret = provider.createSecret("1");
        assertTrue(provider.deleteSecret(secret));
        assertTrue(azure.vault.deleted.containsKey(secret.getProviderKey()));
        assertFalse(azure.vault.purged);
        assertFalse(provider.deleteSecret(secret));
        SecretNotFoundException absent = assertThrows(SecretNotFoundException.class, () -> provider.getSecret(secret));
        assertTrue(absent.getMessage().contains("recovered"), absent.getMessage());
        assertThrows(SecretNotFoundException.class, () -> provider.getSecretVersion(secret));
        assertThrows(SecretNotFoundException.class, () -> provider.secretLastUpdated(secret));
    }

    @Test
    void anUpdateDoesNotCreateAndWhatIsNotThereIsNotDeleted() throws Exception {
        assertThrows(SecretNotFoundException.class, () -> provider.updateSecret(id("absent"), "1"));
        assertFalse(azure.vault.secrets.containsKey("absent"));
        assertFalse(provider.deleteSecret(id("absent")));
    }

    @Test
    void anUpdateKeepsTheContentTypeAndTagsThatAPersonGave() throws Exception {
        FakeVault.Version byHand = new FakeVault.Version();
        byHand.value = "old";
        byHand.contentType = "text/plain";
        byHand.tags.put("team", "vision");
        azure.vault.secrets.put("by-hand", new ArrayList<>(List.of(byHand)));
        assertEquals("old", provider.getSecret(id("by-hand")).getValue());
        provider.updateSecret(id("by-hand"), "new");
        FakeVault.Version newest = azure.vault.secrets.get("by-hand").get(1);
        assertEquals("new", newest.value);
        assertEquals("text/plain", newest.contentType);
        assertEquals("vision", newest.tags.get("team"));
    }

    @Test
    void aKeyThatIsNoNameIsRefusedBeforeAnythingIsSent() {
        int before = azure.vault.requests.get();
        for (String key : List.of("", "a/b", "../keys/k", "a?b", "https://unit.vault.azure.net/secrets/a", "ä",
                "x".repeat(128))) assertTrue(problem(() -> provider.getSecret(id(key))).contains("no name"), key);
        assertEquals(before, azure.vault.requests.get());
    }

    @Test
    void noValueIsSentWithoutAToken() {
        azure.vault.bodiesWithoutToken.clear();
        provider.createSecret("hunter2-value");
        assertTrue(azure.vault.bodiesWithoutToken.stream().noneMatch(body -> body.contains("hunter2-value")),
                "the challenge is asked for with an empty body");
    }

    @Test
    void manyCallsAtOnceDoNotMixTheirSecrets() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(64);
        List<Future<Boolean>> calls = new ArrayList<>();
        for (int i = 0; i < 256; i++) {
            String value = "value " + i;
            calls.add(threads.submit(() -> {
                SecretIdentifier secret = provider.createSecret(value);
                return provider.getSecret(secret).getValue().equals(value);
            }));
        }
        for (Future<Boolean> call : calls) assertTrue(call.get());
        threads.shutdown();
    }
}
