package com.algorithmia.plugin.vault;

import static com.algorithmia.plugin.vault.Plugin.id;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.algorithmia.sdk.plugin.secrets.SecretIdentifier;
import com.algorithmia.sdk.plugin.secrets.SecretNotFoundException;
import com.algorithmia.sdk.plugin.secrets.SecretProvider;
import io.github.jopenlibs.vault.json.Json;
import io.github.jopenlibs.vault.json.JsonObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class Kv2Test {
    private final OpenBao server = OpenBao.dev();
    private final SecretProvider provider = Plugin.provider(server, "secret/algorithms");

    private JsonObject raw(String key) {
        return server.get("secret/data/algorithms/" + key).get("data").asObject();
    }

    private void byHand(String key, String fields) {
        server.call("POST", "secret/data/algorithms/" + key, "{\"data\":" + fields + "}");
    }

    @Test
    void aSecretIsOneEntryNamedByARandomUuidWithValueVersionAndTime() throws Exception {
        long before = System.currentTimeMillis();
        String key = provider.createSecret("v1").getProviderKey();
        assertEquals(4, UUID.fromString(key).version());
        JsonObject fields = raw(key).get("data").asObject();
        assertEquals(Set.of("value", "version", "update_time"), Set.copyOf(fields.names()));
        assertEquals("v1", fields.getString("value"));
        assertEquals(4, UUID.fromString(fields.getString("version")).version());
        assertEquals(fields.getString("version"), provider.getSecretVersion(id(key)));
        long time = Long.parseLong(fields.getString("update_time"));
        assertTrue(time >= before && time <= System.currentTimeMillis());
        assertEquals(Instant.ofEpochMilli(time), provider.secretLastUpdated(id(key)));
        assertEquals("v1", provider.getSecret(id(key)).getValue());
        assertEquals(0, provider.getSecret(id(key)).getTtl());
        assertEquals(0, provider.getTtl());
    }

    @Test
    void anUpdateChangesTheVersionToTheOneThatItAnswers() throws Exception {
        SecretIdentifier secret = provider.createSecret("same");
        String first = provider.getSecretVersion(secret);
        String second = provider.updateSecret(secret, "same");
        assertNotEquals(first, second);
        assertEquals(second, provider.getSecretVersion(secret));
        assertEquals(second, raw(secret.getProviderKey()).get("data").asObject().getString("version"));
        assertEquals(second, Plugin.provider(server, "secret/algorithms").getSecretVersion(secret), "to another process as well");
    }

    @Test
    void everyCharacterOfAValueIsKept() throws Exception {
        List<String> values = List.of("", " ", "ümläut — 日本語 😀 \u0001\u0000\u007f\u2028", "\"\\\r\n\t{}", "a".repeat(300_000),
                "ß".repeat(100_000), "null", "5");
        SecretIdentifier secret = provider.createSecret("x");
        for (String value : values) {
            provider.updateSecret(secret, value);
            assertEquals(value, provider.getSecret(secret).getValue());
            assertEquals(value, raw(secret.getProviderKey()).get("data").asObject().getString("value"));
        }
    }

    @Test
    void aValueThatCannotBeWrittenWholeIsRefusedAndNotStored() {
        String message = Plugin.problem(server.token, () -> provider.createSecret("hunter2-value\ud800"));
        assertTrue(message.contains("surrogate"), message);
    }

    @Test
    void deletingRemovesAllVersionsAndDeletingAgainAnswersFalse() throws Exception {
        SecretIdentifier secret = provider.createSecret("1");
        provider.updateSecret(secret, "2");
        assertTrue(provider.deleteSecret(secret));
        assertEquals(404, server.status("secret/metadata/algorithms/" + secret.getProviderKey()));
        assertFalse(provider.deleteSecret(secret));
        assertThrows(SecretNotFoundException.class, () -> provider.getSecret(secret));
        assertThrows(SecretNotFoundException.class, () -> provider.getSecretVersion(secret));
        assertThrows(SecretNotFoundException.class, () -> provider.secretLastUpdated(secret));
        assertThrows(SecretNotFoundException.class, () -> provider.updateSecret(secret, "3"));
        assertEquals(404, server.status("secret/metadata/algorithms/" + secret.getProviderKey()), "an update does not create");
    }

    @Test
    void anEntryDeletedInVaultIsNotFoundAndItsOldVersionsGoWithADelete() throws Exception {
        SecretIdentifier secret = provider.createSecret("1");
        server.call("DELETE", "secret/data/algorithms/" + secret.getProviderKey(), null);
        SecretNotFoundException absent = assertThrows(SecretNotFoundException.class, () -> provider.getSecret(secret));
        assertTrue(absent.getMessage().contains("undeleted"), absent.getMessage());
        assertThrows(SecretNotFoundException.class, () -> provider.updateSecret(secret, "2"));
        assertTrue(provider.deleteSecret(secret));
        assertEquals(404, server.status("secret/metadata/algorithms/" + secret.getProviderKey()));
    }

    @Test
    void anEntryThatTheOriginalWroteIsReadWithItsVersionAndTime() throws Exception {
        byHand("original", "{\"value\":\"old\",\"version\":\"0f0e9a3c-7e4e-4f4c-8b0a-3a1a6ac00c4d\",\"update_time\":\"1600000000123\"}");
        assertEquals("old", provider.getSecret(id("original")).getValue());
        assertEquals("0f0e9a3c-7e4e-4f4c-8b0a-3a1a6ac00c4d", provider.getSecretVersion(id("original")));
        assertEquals(Instant.ofEpochMilli(1600000000123L), provider.secretLastUpdated(id("original")));
    }

    @Test
    void aKeyMayCarryTheWholePathOrLeadDeeperAndHaveBlanks() throws Exception {
        byHand("whole", "{\"value\":\"w\"}");
        assertEquals("w", provider.getSecret(id("secret/algorithms/whole")).getValue());
        byHand("team/db%20password%25", "{\"value\":\"d\"}");
        assertEquals("d", provider.getSecret(id("team/db password%")).getValue());
    }

    @Test
    void anEntryMadeByHandHasAVersionOfVaultsThatChangesWithEachWrite() throws Exception {
        byHand("hand", "{\"value\":\"a\"}");
        String first = provider.getSecretVersion(id("hand"));
        assertEquals(first, provider.getSecretVersion(id("hand")));
        byHand("hand", "{\"value\":\"a\"}");
        String second = provider.getSecretVersion(id("hand"));
        assertNotEquals(first, second);
        assertTrue(Math.abs(provider.secretLastUpdated(id("hand")).toEpochMilli() - System.currentTimeMillis()) < 60_000);
        server.call("DELETE", "secret/metadata/algorithms/hand", null);
        byHand("hand", "{\"value\":\"a\"}");
        assertFalse(List.of(first, second).contains(provider.getSecretVersion(id("hand"))), "nor does one made anew repeat a version");
    }

    @Test
    void anEditInVaultsOwnPagesWhichKeepsTheFieldsIsNoticed() throws Exception {
        String key = provider.createSecret("before").getProviderKey();
        String written = provider.getSecretVersion(id(key));
        JsonObject fields = raw(key).get("data").asObject();
        byHand(key, Json.object().asObject().merge(fields).set("value", "after").toString());
        String edited = provider.getSecretVersion(id(key));
        assertNotEquals(written, edited);
        assertEquals(edited, provider.getSecretVersion(id(key)));
        assertEquals("after", provider.getSecret(id(key)).getValue());
        String updated = provider.updateSecret(id(key), "again");
        assertEquals(updated, provider.getSecretVersion(id(key)));
        assertEquals(updated, raw(key).get("data").asObject().getString("version"));
    }

    @Test
    void anUpdateKeepsOtherFieldsThatAPersonPutBesideTheValue() throws Exception {
        byHand("fields", "{\"value\":\"a\",\"username\":\"scott\",\"ports\":[1,2]}");
        provider.updateSecret(id("fields"), "b");
        JsonObject fields = raw("fields").get("data").asObject();
        assertEquals("scott", fields.getString("username"));
        assertEquals("[1,2]", fields.get("ports").toString());
        assertEquals("b", fields.getString("value"));
    }

    @Test
    void anEntryWithoutAValueSaysSo() {
        byHand("other-fields", "{\"password\":\"hunter2-value\"}");
        String message = Plugin.problem(server.token, () -> provider.getSecret(id("other-fields")));
        assertTrue(message.contains("\"value\"") && message.contains("secret/algorithms/other-fields"), message);
    }

    @Test
    void aNumberMadeByHandIsReadAsItStands() throws Exception {
        byHand("number", "{\"value\":5432}");
        assertEquals("5432", provider.getSecret(id("number")).getValue());
    }

    @Test
    void ofTwoUpdatesAtTheSameMomentNoneIsLostUnseen() throws Exception {
        SecretIdentifier secret = provider.createSecret("0");
        ExecutorService threads = Executors.newFixedThreadPool(8);
        List<Future<String>> updates = new ArrayList<>();
        for (int i = 1; i <= 16; i++) {
            String value = "v" + i;
            updates.add(threads.submit(() -> provider.updateSecret(secret, value)));
        }
        int stored = 0;
        for (Future<String> update : updates) {
            try {
                update.get();
                stored++;
            } catch (ExecutionException e) {
                assertTrue(e.getCause().getMessage().contains("changed by someone else"), e.getCause().getMessage());
            }
        }
        threads.shutdown();
        assertTrue(stored > 0);
        assertEquals(stored + 1, raw(secret.getProviderKey()).get("metadata").asObject().getInt("version", 0));
    }

    @Test
    void aKeyCannotReachOutsideThePath() {
        server.call("POST", "secret/data/outside", "{\"data\":{\"value\":\"not yours\"}}");
        for (String key : List.of("../outside", "a/../../outside", "/outside", "", ".", "a//b", "ä", "a\nb"))
            assertTrue(Plugin.problem(server.token, () -> provider.getSecret(id(key))).contains("no key"), key);
        assertThrows(SecretNotFoundException.class, () -> provider.getSecret(id("%2e%2e%2foutside")));
        assertThrows(SecretNotFoundException.class, () -> provider.getSecret(id("x?version=1#y")));
    }

    @Test
    void aMountMayHaveSeveralSegmentsAndSecretsMayLieInItsRoot() throws Exception {
        server.call("POST", "sys/mounts/deep/kv", "{\"type\":\"kv\",\"options\":{\"version\":\"2\"}}");
        SecretProvider deep = Plugin.provider(server, "/deep/kv/");
        SecretIdentifier secret = deep.createSecret("deep");
        assertEquals("deep", server.get("deep/kv/data/"
                + secret.getProviderKey()).get("data").asObject().get("data").asObject().getString("value"));
        deep.updateSecret(secret, "deeper");
        assertEquals("deeper", deep.getSecret(secret).getValue());
        assertTrue(deep.deleteSecret(secret));
    }

    @Test
    void withTheVersionSetNothingIsAskedAndItWorks() throws Exception {
        String policy = "path \"secret/data/set/*\" { capabilities=[\"create\",\"read\",\"update\"] } path \"secret/metadata/set/*\" {"
                + " capabilities=[\"delete\"] }";
        SecretProvider set = Plugin.provider(server.address, server.tokenFor("set", policy, ""), "secret/set", "vault_kv_version", "2");
        SecretIdentifier secret = set.createSecret("1");
        set.updateSecret(secret, "2");
        assertEquals("2", set.getSecret(secret).getValue());
        assertTrue(set.deleteSecret(secret));
        assertFalse(set.deleteSecret(secret));
    }

    @Test
    void aMountUpgradedWhileTheProviderLivesIsNoticed() throws Exception {
        server.call("POST", "sys/mounts/upgraded", "{\"type\":\"kv\",\"options\":{\"version\":\"1\"}}");
        SecretProvider upgraded = Plugin.provider(server, "upgraded/a");
        SecretIdentifier before = upgraded.createSecret("from version 1");
        server.call("POST", "sys/mounts/upgraded/tune", "{\"options\":{\"version\":\"2\"}}");
        server.await("upgraded/config", 200);
        assertEquals("from version 1", upgraded.getSecret(before).getValue());
        SecretIdentifier after = upgraded.createSecret("in version 2");
        assertEquals("in version 2", upgraded.getSecret(after).getValue());
        assertTrue(upgraded.deleteSecret(before));
    }
}
