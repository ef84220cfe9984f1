package com.algorithmia.contracttests;

import static com.algorithmia.contracttests.HostProcess.key;
import static com.algorithmia.contracttests.HostProcess.object;
import static com.algorithmia.contracttests.Refusals.refused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import java.net.URLEncoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A provider's life through the host: one that behaves, and those that answer wrong. */
class ProviderTest {
    private static final String FACTORY = "com.example.filestore.FileStoreFactory";

    @TempDir
    Path folder;

    private HostProcess fileStore(Map<String, String> more) throws Exception {
        Map<String, String> configuration = new HashMap<>(more);
        configuration.put("folder", folder.toString());
        return HostProcess.with("file-store", FACTORY, configuration);
    }

    private static JsonObject update(String providerKey, String value) {
        return object(Map.of("providerKey", providerKey, "value", value));
    }

    @Test
    @DisplayName("create, read, version, update, time and delete do what the contract says")
    void life() throws Exception {
        try (HostProcess host = fileStore(Map.of("secret_ttl", "30"))) {
            String id = host.createSecret("first");
            assertEquals("{\"value\":\"first\",\"ttl\":30}", host.call("getSecret", key(id)).toString());
            String version = host.call("getSecretVersion", key(id)).get("version").getAsString();
            String next = host.call("updateSecret", update(id, "second")).get("version").getAsString();
            assertNotEquals(version, next);
            assertEquals(next, host.call("getSecretVersion", key(id)).get("version").getAsString());
            assertEquals("second", host.getSecret(id));
            Instant at = Instant.parse(host.call("secretLastUpdated", key(id)).get("at").getAsString());
            assertTrue(at.isAfter(Instant.now().minusSeconds(60)));
            assertTrue(host.call("deleteSecret", key(id)).get("deleted").getAsBoolean());
            assertFalse(host.call("deleteSecret", key(id)).get("deleted").getAsBoolean());
            HostProcess.Refused gone = refused(host.send("getSecret", key(id)));
            assertEquals("not-found", gone.kind);
            assertEquals(-32001, gone.code);
            assertEquals("not-found", refused(host.send("updateSecret", update(id, "third"))).kind);
        }
    }

    @Test
    @DisplayName("values arrive and come back character for character, up to 64 KiB")
    void byteForByte() throws Exception {
        String awkward = "-----BEGIN KEY-----\r\n\u2028\u2029\u0001\u007f\ufeff<>&'\"\\/ zażółć 🗝\t\n\n";
        try (HostProcess host = fileStore(Map.of())) {
            for (String value : List.of(awkward, " ", "x".repeat(65_536), "\u20ac".repeat(21_845), "\"".repeat(65_536))) {
                assertEquals(value, host.getSecret(host.createSecret(value)));
            }
        }
    }

    @Test
    @DisplayName("create tells ttl and what is allowed; a second one replaces the configuration, a failed one changes nothing")
    void configuration() throws Exception {
        try (HostProcess host = fileStore(Map.of())) {
            Map<String, String> limited = Map.of("folder", folder.toString(), "ttl", "7", "allows_update", "false");
            assertEquals("{\"ttl\":7,\"allowsCreate\":true,\"allowsUpdate\":false,\"allowsDelete\":true}",
                    host.create(limited).toString());
            HostProcess.Refused missing = refused(() -> host.create(Map.of()));
            assertEquals("configuration", missing.kind);
            assertTrue(missing.getMessage().contains("The key folder is missing"));
            assertEquals("java.lang.IllegalArgumentException", missing.type);
            assertEquals("value", host.getSecret(host.createSecret("value")));
        }
    }

    @Test
    @DisplayName("when its ttl has passed a provider is made anew, once; a failure to do so is told, and the next call tries again")
    void renewal() throws Exception {
        Path other = Files.createDirectory(folder.resolve("other"));
        try (HostProcess host = HostProcess.with("file-store", FACTORY, Map.of("folder", other.toString(), "ttl", "1"))) {
            String id = host.createSecret("value");
            Path away = folder.resolve("away");
            Files.move(other, away);
            Thread.sleep(1_100);
            HostProcess.Refused failed = refused(host.send("getSecret", key(id)));
            assertEquals("configuration", failed.kind);
            Files.move(away, other);
            List<CompletableFuture<JsonObject>> answers = new ArrayList<>();
            for (int i = 0; i < 32; i++) {
                answers.add(host.send("getSecret", key(id)));
            }
            for (CompletableFuture<JsonObject> answer : answers) {
                assertEquals("value", HostProcess.await(answer).get("value").getAsString());
            }
        }
    }

    @Test
    @DisplayName("what a provider did not answer is an error in words")
    void wrongAnswers() throws Exception {
        for (String[] wrong : new String[][] {
            {"null-identifier", "createSecret returned no identifier (null)"}, {"null-key", "createSecret returned no provider key (null)"},
            {"empty-key", "empty provider key"}
        }) {
            try (HostProcess host = HostProcess.with("wrong", "com.example.wrong.WrongFactory", Map.of("wrong", wrong[0]))) {
                HostProcess.Refused refused = refused(() -> host.createSecret("value"));
                assertEquals("plugin", refused.kind);
                assertTrue(refused.getMessage().contains(wrong[1]), refused.getMessage());
            }
        }
    }

    @ParameterizedTest(name = "{0}: {1} is {2}")
    @CsvSource({
        "null-secret, getSecret, 'plugin: getSecret returned no secret (null)'", "null-value, getSecret, 'plugin: getSecret returned no value (null)'",
        "lone-surrogate, getSecret, 'plugin: not valid Unicode'", "updated-throws, secretLastUpdated, 'plugin: NumberFormatException'",
        "null-updated, secretLastUpdated, '{\"at\":null}'", "null-version, getSecretVersion, '{\"version\":null}'",
        "negative-ttl, getSecret, '{\"value\":\"value\",\"ttl\":0}'",
    })
    void wrongReads(String wrong, String method, String expected) throws Exception {
        try (HostProcess host = HostProcess.with("wrong", "com.example.wrong.WrongFactory", Map.of("wrong", wrong))) {
            String id = host.createSecret("value");
            if (expected.startsWith("{")) {
                assertEquals(expected, host.call(method, key(id)).toString());
                return;
            }
            HostProcess.Refused refused = refused(host.send(method, key(id)));
            assertEquals(expected.substring(0, expected.indexOf(':')), refused.kind);
            assertTrue(refused.getMessage().contains(expected.substring(expected.indexOf(' ') + 1)), refused.getMessage());
        }
    }

    @Test
    @DisplayName("a factory that answers null is named")
    void nullProvider() throws Exception {
        try (HostProcess host = new HostProcess()) {
            host.load(HostProcess.jar("wrong"), "com.example.wrong.WrongFactory");
            HostProcess.Refused refused = refused(() -> host.create(Map.of("wrong", "null-provider")));
            assertEquals("configuration", refused.kind);
            assertTrue(refused.getMessage().contains("com.example.wrong.WrongFactory returned no provider"));
        }
    }

    @Test
    @DisplayName("the template's JAR works as it is built")
    void template() throws Exception {
        try (HostProcess host = new HostProcess()) {
            host.load(Path.of(System.getProperty("template.jar")), "com.example.secrets.FolderSecretProviderFactory");
            host.create(Map.of("folder", folder.toString()));
            String id = host.createSecret("value");
            assertEquals("value", host.getSecret(id));
            assertTrue(host.call("deleteSecret", key(id)).get("deleted").getAsBoolean());
        }
    }

    @Test
    @DisplayName("neither configuration nor values stand in an error, in whatever form a library prints them")
    void masking() throws Exception {
        String token = "s.Wq8/+zX&9\"t";
        String pem = "-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG\nw0BAQEFAASCBKcwggSj\n-----END KEY-----\n";
        String said = "token " + token + " url " + URLEncoder.encode(token, "UTF-8") + " b64 "
                + Base64.getEncoder().encodeToString(token.getBytes("UTF-8")) + " json s.Wq8/+zX&9\\\"t line w0BAQEFAASCBKcwggSj"
                + " user hunter2 mount kv kvothe";
        Map<String, String> configuration = Map.of("what", "throw-key", "token", token, "pem", pem, "mount", "kv",
                "address", "https://admin:hunter2@vault.test/");
        try (HostProcess host = HostProcess.with("hostile", "com.example.hostile.HostileFactory", configuration)) {
            HostProcess.Refused refused = refused(() -> host.getSecret(said));
            assertEquals("IllegalStateException: token ••• url ••• b64 ••• json ••• line ••• user ••• mount ••• kvothe",
                    refused.getMessage());
        }
    }

    @Test
    @DisplayName("the value of a call is masked in its own error and in others' while it runs")
    void masksValuesOfCalls() throws Exception {
        Map<String, String> configuration = Map.of("what", "throw-key", "when", "updateSecret");
        try (HostProcess host = HostProcess.with("hostile", "com.example.hostile.HostileFactory", configuration)) {
            host.createSecret("correct horse");
            assertThrows(HostProcess.Refused.class, () -> host.call("updateSecret", update("about battery staple", "battery staple")));
            HostProcess.Refused refused = refused(host.send("updateSecret", update("battery staple, correct horse", "another")));
            assertEquals("IllegalStateException: •••, •••", refused.getMessage());
        }
    }
}
