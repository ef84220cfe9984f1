package com.algorithmia.contracttests;

import static com.algorithmia.contracttests.HostProcess.key;
import static com.algorithmia.contracttests.Refusals.refused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Plugins that mean harm. The host answers, or ends so that its parent sees it; it is never silent while it could answer. */
class HostileTest {
    private static final String FACTORY = "com.example.hostile.HostileFactory";

    private static HostProcess doing(String what, String... more) throws Exception {
        Map<String, String> configuration = new HashMap<>(Map.of("what", what));
        for (int i = 0; i < more.length; i += 2) {
            configuration.put(more[i], more[i + 1]);
        }
        return HostProcess.with("hostile", FACTORY, configuration);
    }

    @ParameterizedTest(name = "{0} ends the process with code {1}, at once")
    @CsvSource({"exit, 0", "halt, 0", "heap, 3", "crash, 134", "close-output, 4"})
    void ends(String what, int code) throws Exception {
        try (HostProcess host = doing(what)) {
            CompletableFuture<JsonObject> answer = host.send("getSecret", key("k"));
            assertEquals(code, host.exitCode());
            assertThrows(ExecutionException.class, () -> answer.get(HostProcess.PATIENCE_SECONDS, TimeUnit.SECONDS));
        }
    }

    @ParameterizedTest(name = "{0} is an error that says {1}, and the host goes on")
    @CsvSource({
        "stack, StackOverflowError", "direct, buffer memory", "throw-error, Error", "throw-evil, its message cannot be read", "throw-long, a message of",
        "sneak, IOException",
    })
    void errors(String what, String message) throws Exception {
        try (HostProcess host = doing(what)) {
            HostProcess.Refused refused = refused(host.send("getSecret", key("k")));
            assertEquals("plugin", refused.kind);
            assertTrue(refused.getMessage().contains(message), refused.getMessage());
            assertTrue(refused.getMessage().length() <= 2_000);
            assertEquals("key-1", host.createSecret("value"));
        }
    }

    @ParameterizedTest(name = "a hang in {0} holds up nothing else")
    @ValueSource(strings = {"create", "getTtl"})
    void hangInCreate(String when) throws Exception {
        try (HostProcess host = new HostProcess()) {
            host.load(HostProcess.jar("hostile"), FACTORY);
            JsonObject params = new JsonObject();
            params.add("configuration", HostProcess.object(Map.of("what", "loop", "when", when)));
            CompletableFuture<JsonObject> create = host.send("create", params);
            long id = host.lastId();
            while (host.ping("running") == 0) {
                Thread.sleep(5); // Cancelled earlier than that, it would never begin.
            }
            host.cancel(id);
            assertFalse(create.isDone());
            assertEquals(1, host.ping("stuck"));
        }
    }

    @Test
    @DisplayName("what a plugin prints goes to standard error, and spoils no answer")
    void prints() throws Exception {
        try (HostProcess host = doing("print", "limit", "20000")) {
            assertEquals("print", host.getSecret("k"));
            assertEquals(0, host.strayLines.get());
            assertTrue(host.errors().contains("rubbishrubbish"));
        }
    }

    @Test
    @DisplayName("half lines on the raw descriptor are lines of their own")
    void rawDescriptor() throws Exception {
        try (HostProcess host = doing("descriptor", "limit", "200", "text", "99")) {
            assertEquals("descriptor", host.getSecret("k"));
            assertEquals("descriptor", host.getSecret("k"));
            assertTrue(host.strayLines.get() > 0);
        }
    }

    @Test
    @DisplayName("System.in is empty")
    void input() throws Exception {
        try (HostProcess host = doing("read-input")) {
            assertEquals("-1", host.getSecret("k"));
        }
    }

    @Test
    @DisplayName("hundreds of threads leave the host answering, and are counted")
    void threads() throws Exception {
        try (HostProcess host = doing("threads", "limit", "500")) {
            assertEquals("500", host.getSecret("k"));
            assertTrue(host.ping("threads") > 500);
            assertEquals("key-1", host.createSecret("value"));
        }
    }

    @Test
    @DisplayName("memory outside the heap is not seen by the JVM's limits: a tier that contains must bound it")
    void nativeMemory() throws Exception {
        try (HostProcess host = doing("native", "limit", "100")) {
            assertEquals("100", host.getSecret("k"));
        }
    }

    @Test
    @DisplayName("an answer of 1 GB ends a host with the usual heap")
    void hugeAnswer() throws Exception {
        try (HostProcess host = doing("huge", "limit", "1024")) {
            host.send("getSecret", key("k"));
            assertEquals(3, host.exitCode());
        }
    }

    @Test
    @DisplayName("an answer over 4 MiB is an error, and the host goes on")
    void largeAnswer() throws Exception {
        try (HostProcess host = doing("huge", "limit", "5")) {
            HostProcess.Refused refused = refused(host.send("getSecret", key("k")));
            assertEquals("plugin", refused.kind);
            assertEquals("MessageTooLarge", refused.type);
            assertEquals("key-1", host.createSecret("value"));
        }
    }

    @Test
    @DisplayName("a plugin sees no environment but LANG")
    void environment() throws Exception {
        try (HostProcess host = doing("environment")) {
            assertEquals("{LANG=C.UTF-8}", host.getSecret("k"));
        }
    }

    @Test
    @DisplayName("a process that a plugin forked does not keep the host from ending")
    void fork() throws Exception {
        long child;
        try (HostProcess host = doing("fork", "command", "sleep 30")) {
            child = Long.parseLong(host.getSecret("k"));
            host.endInput();
            assertEquals(0, host.exitCode());
        }
        // Alone, the host cannot end it: that takes a PID namespace. See the containment tiers.
        assertNotEquals(0, child);
        ProcessHandle.of(child).ifPresent(ProcessHandle::destroyForcibly);
    }
}
