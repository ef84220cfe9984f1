package com.algorithmia.contracttests;

import static com.algorithmia.contracttests.Refusals.refused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** JARs as they come: what is loaded from where, and what cannot be used. */
class ModuleTest {
    @TempDir
    Path folder;

    @Test
    @DisplayName("the JDK's classes come from the JDK, the SDK's from the host, all others from the JAR; the host's are not there")
    void classLoading() throws Exception {
        Map<String, String> answers = new LinkedHashMap<>();
        answers.put("class com.algorithmia.sdk.plugin.secrets.SecretProvider", "host");
        answers.put("class com.google.gson.Gson", "JAR");
        answers.put("gson", "{\"key\":\"\\u003cvalue\\u003e\"} of class-loading");
        answers.put("class java.sql.Driver", "JDK");
        answers.put("class com.algorithmia.pluginhost.Main", "none");
        answers.put("class com.algorithmia.pluginhost.gson.stream.JsonReader", "none");
        answers.put("resource com/algorithmia/pluginhost/Main.class", "none");
        answers.put("resource META-INF/services/com.example.loading.Greeting", "com.example.loading.HelloGreeting");
        answers.put("service", "hello from the JAR");
        try (HostProcess host = HostProcess.with("class-loading", "com.example.loading.LoadingFactory", Map.of())) {
            Map<String, String> found = new LinkedHashMap<>();
            for (String question : answers.keySet()) {
                found.put(question, host.getSecret(question));
            }
            assertEquals(answers, found);
        }
    }

    @ParameterizedTest(name = "{0} {1}: {2}, {3}")
    @CsvSource({
        "factories, com.example.factories.Absent, factory, is not in the JAR", "factories, com.example.factories.NotAFactory, factory, does not implement",
        "factories, com.example.factories.AbstractFactory, factory, is abstract", "factories, com.example.factories.InterfaceFactory, factory, is an interface",
        "factories, com.example.factories.PrivateConstructor, factory, no public constructor", "factories, com.example.factories.NotPublic, factory, is not public",
        "factories, com.example.factories.NeedsArgument, factory, no public constructor without arguments",
        "factories, com.example.factories.ThrowingConstructor, factory, 'IllegalStateException: the constructor''s reason'",
        "factories, com.example.factories.StaticInitialiser, factory, 'the initialiser''s reason'", "factories, java.lang.String, factory, does not implement",
        "factories, '', factory, is not in the JAR", "factories, ../../etc/passwd, factory, is not in the JAR",
        "too-new, com.example.toonew.TooNewFactory, link, needs a later Java than",
    })
    void factories(String jar, String factory, String kind, String message) throws Exception {
        try (HostProcess host = new HostProcess()) {
            HostProcess.Refused refused = refused(() -> host.load(HostProcess.jar(jar), factory));
            assertEquals(kind, refused.kind);
            assertTrue(refused.getMessage().contains(message), refused.getMessage());
            assertEquals(0, host.ping("stuck"));
        }
    }

    @Test
    @DisplayName("a factory by its superclass alone is one, and its reason for refusing a configuration is told")
    void inherits() throws Exception {
        try (HostProcess host = new HostProcess()) {
            host.load(HostProcess.jar("factories"), "com.example.factories.InheritingFactory");
            HostProcess.Refused refused = refused(() -> host.create(Map.of()));
            assertEquals("configuration", refused.kind);
            assertEquals("IllegalArgumentException: The key endpoint is missing.", refused.getMessage());
        }
    }

    @Test
    @DisplayName("a static initialiser that throws in create is told with its cause, at first and after that")
    void lateInitialiser() throws Exception {
        try (HostProcess host = new HostProcess()) {
            host.load(HostProcess.jar("factories"), "com.example.factories.LateInitialiser");
            HostProcess.Refused first = refused(() -> host.create(Map.of()));
            assertEquals("configuration", first.kind);
            assertTrue(first.getMessage().contains("NumberFormatException"), first.getMessage());
            assertEquals("link", refused(() -> host.create(Map.of())).kind);
        }
    }

    @Test
    @DisplayName("a static initialiser that does not end holds up its own load alone")
    void hangingInitialiser() throws Exception {
        try (HostProcess host = new HostProcess()) {
            Path jar = HostProcess.jar("factories");
            CompletableFuture<JsonObject> load = host.send("load", HostProcess.object(Map.of("jar", jar.toString(), "sha256",
                    HostProcess.sha256(jar), "factory", "com.example.factories.HangingInitialiser")));
            Thread.sleep(200);
            assertEquals(1, host.ping("running"));
            assertFalse(load.isDone());
        }
    }

    @Test
    @DisplayName("a class that the JAR lacks is named, with what to do")
    void missingClass() throws Exception {
        try (HostProcess host = new HostProcess()) {
            host.load(HostProcess.jar("missing-class"), "com.example.missing.MissingClassFactory");
            HostProcess.Refused refused = refused(() -> host.create(Map.of()));
            assertEquals("link", refused.kind);
            assertTrue(refused.getMessage().contains("com/example/missing/Helper"), refused.getMessage());
            assertTrue(refused.getMessage().contains("fat JAR"), refused.getMessage());
        }
    }

    @Test
    @DisplayName("a plugin of an older SDK works but for the methods that it lacks")
    void olderSdk() throws Exception {
        try (HostProcess host = HostProcess.with("old-sdk", "com.example.old.OldSdkFactory", Map.of())) {
            assertEquals("value", host.getSecret(host.createSecret("value")));
            HostProcess.Refused refused = refused(host.send("updateSecret", HostProcess.object(Map.of("providerKey", "only", "value", "next"))));
            assertEquals("link", refused.kind);
            assertEquals("java.lang.AbstractMethodError", refused.type);
            assertTrue(refused.getMessage().contains("plugin-sdk 1.x"), refused.getMessage());
        }
    }

    @Test
    @DisplayName("a JAR that was changed, is none or is not there is refused before any of its code runs")
    void changedJar() throws Exception {
        Path jar = HostProcess.jar("hostile");
        String factory = "com.example.hostile.HostileFactory";
        try (HostProcess host = new HostProcess()) {
            HostProcess.Refused refused = refused(host.send("load", HostProcess.object(Map.of("jar", jar.toString(), "sha256", "0".repeat(64),
                    "factory", factory))));
            assertEquals("module", refused.kind);
            assertTrue(refused.getMessage().contains(HostProcess.sha256(jar)));
        }
        Path text = Files.writeString(folder.resolve("text.jar"), "no archive");
        try (HostProcess host = new HostProcess()) {
            assertEquals("module", refused(() -> host.load(text, factory)).kind);
        }
        try (HostProcess host = new HostProcess()) {
            assertEquals("module", refused(host.send("load", HostProcess.object(Map.of("jar", folder.resolve("absent.jar").toString(), "sha256",
                    "0".repeat(64), "factory", factory)))).kind);
        }
    }
}
