package com.algorithmia.contracttests;

import static com.algorithmia.contracttests.Refusals.refused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** docs/plugin-protocol.md, from the client's side. */
class ProtocolTest {
    private static final String HOSTILE = "com.example.hostile.HostileFactory";

    @TempDir
    Path folder;

    @Test
    @DisplayName("hello tells protocol, Java and process number; another protocol is refused")
    void hello() throws Exception {
        try (HostProcess host = new HostProcess()) {
            JsonObject params = new JsonObject();
            params.addProperty("protocol", 1);
            JsonObject result = host.call("hello", params);
            assertEquals(1, result.get("protocol").getAsInt());
            assertEquals(System.getProperty("java.version"), result.get("java").getAsString());
            assertEquals(host.process.pid(), result.get("pid").getAsLong());
            params.addProperty("protocol", 2);
            assertEquals("protocol", refused(host.send("hello", params)).kind);
        }
    }

    @Test
    @DisplayName("lines that are no requests are refused, and the ones after them are served")
    void badLines() throws Exception {
        try (HostProcess host = new HostProcess()) {
            String deep = "{\"a\":".repeat(100_000);
            for (String line : List.of("rubbish", "[]", "{\"jsonrpc\":\"2.0\"}", "{\"jsonrpc\":\"2.0\",\"id\":1.5,\"method\":\"ping\",\"params\":{}}",
                    "{'jsonrpc':'2.0'}", deep, "{\"jsonrpc\":\"2.0\",\"method\":\"ping\",\"params\":{}} {}")) {
                host.sendLine(line);
                assertEquals("protocol", host.errorWithoutId().getAsJsonObject("data").get("kind").getAsString());
            }
            host.sendBytes(new byte[] {'"', (byte) 0xff, (byte) 0xfe, '"', '\n'});
            assertTrue(host.errorWithoutId().get("message").getAsString().contains("UTF-8"));
            assertEquals("protocol", refused(host.send("noSuchMethod", new JsonObject())).kind);
            assertEquals("protocol", refused(host.send("load", new JsonObject())).kind);
            assertEquals("protocol", refused(host.send("createSecret", HostProcess.object(Map.of("value", "x")))).kind);
            assertEquals(0, host.ping("stuck"));
        }
    }

    @Test
    @DisplayName("a request over 4 MiB is refused without being kept, and the one after it is served")
    void oversizeRequest() throws Exception {
        try (HostProcess host = new HostProcess()) {
            byte[] chunk = new byte[1024 * 1024];
            Arrays.fill(chunk, (byte) 'x');
            for (int i = 0; i < 200; i++) { // More than three times the heap.
                host.sendBytes(chunk);
            }
            host.sendLine("");
            assertTrue(host.errorWithoutId().get("message").getAsString().contains("4 MiB"));
            assertEquals(0, host.ping("stuck"));
        }
    }

    @Test
    @DisplayName("load and create come first; load is done once")
    void order() throws Exception {
        try (HostProcess host = new HostProcess()) {
            assertEquals("protocol", refused(host.send("getSecret", HostProcess.key("k"))).kind);
            host.load(HostProcess.jar("hostile"), HOSTILE);
            assertEquals("protocol", refused(host.send("getSecret", HostProcess.key("k"))).kind);
            assertEquals("protocol", refused(() -> host.load(HostProcess.jar("hostile"), HOSTILE)).kind);
            host.create(Map.of());
            assertEquals("nothing", host.getSecret("k"));
        }
    }

    @Test
    @DisplayName("a call that hangs holds up no other, and counts as stuck once it was cancelled until it lets go")
    void concurrent() throws Exception {
        try (HostProcess host = HostProcess.with("hostile", HOSTILE, Map.of("what", "loop"))) {
            CompletableFuture<JsonObject> stuck = host.send("getSecret", HostProcess.key("k"));
            long id = host.lastId();
            String key = host.createSecret("value");
            assertEquals("key-1", key);
            assertEquals(1, host.ping("running"));
            assertEquals(0, host.ping("stuck"));
            host.cancel(id);
            assertEquals(1, host.ping("stuck"));
            assertFalse(stuck.isDone());
        }
        try (HostProcess host = HostProcess.with("hostile", HOSTILE, Map.of("what", "hang"))) {
            CompletableFuture<JsonObject> released = host.send("getSecret", HostProcess.key("k"));
            long id = host.lastId();
            host.createSecret("value");
            host.cancel(id);
            long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(HostProcess.PATIENCE_SECONDS);
            while (host.ping("running") > 0 && System.nanoTime() < until) {
                Thread.sleep(5);
            }
            assertEquals(0, host.ping("stuck"));
            assertFalse(released.isDone(), "the answer of a cancelled call is dropped");
        }
    }

    @Test
    @DisplayName("64 calls run, 1,024 wait, one more is busy; ping is answered all the same, and waiting calls can be cancelled")
    void busy() throws Exception {
        try (HostProcess host = HostProcess.with("hostile", HOSTILE, Map.of("what", "hang"))) {
            List<CompletableFuture<JsonObject>> taken = new ArrayList<>();
            for (int i = 0; i < 64 + 1024; i++) {
                taken.add(host.send("getSecret", HostProcess.key("k")));
            }
            long last = host.lastId();
            assertEquals("busy", refused(host.send("getSecret", HostProcess.key("k"))).kind);
            assertEquals(64, host.ping("running"));
            host.cancel(last);
            taken.add(host.send("getSecret", HostProcess.key("k")));
            assertEquals(64, host.ping("running"));
            assertTrue(taken.stream().noneMatch(CompletableFuture::isDone));
        }
    }

    @Test
    @DisplayName("the end of standard input ends the host with code 0, whatever a plugin left behind")
    void endOfInput() throws Exception {
        try (HostProcess host = HostProcess.with("hostile", HOSTILE, Map.of("what", "non-daemon", "when", "createSecret"))) {
            host.createSecret("value");
            host.send("getSecret", HostProcess.key("k"));
            host.endInput();
            assertEquals(0, host.exitCode());
        }
        try (HostProcess host = HostProcess.with("hostile", HOSTILE, Map.of("what", "loop"))) {
            host.send("getSecret", HostProcess.key("k"));
            host.endInput();
            assertEquals(0, host.exitCode());
        }
    }

    @Test
    @DisplayName("stop is answered, then the host ends")
    void stop() throws Exception {
        try (HostProcess host = new HostProcess()) {
            assertEquals("{}", host.call("stop", new JsonObject()).toString());
            assertEquals(0, host.exitCode());
        }
    }

    @Test
    @DisplayName("the host ends with its parent, also while another process holds its input open")
    void parentDeath() throws Exception {
        Path fifo = folder.resolve("requests");
        Path pidFile = folder.resolve("pid");
        assertEquals(0, new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor());
        // The host itself opens the pipe for reading and writing, so that it never ends.
        Process parent = new ProcessBuilder("/bin/sh", "-c",
                String.join(" ", HostProcess.command()) + " <>" + fifo + " & echo $! >" + pidFile + "; wait").start();
        while (!Files.exists(pidFile) || Files.size(pidFile) == 0) {
            Thread.sleep(10);
        }
        ProcessHandle host = ProcessHandle.of(Long.parseLong(Files.readString(pidFile).trim())).orElseThrow();
        try {
            Thread.sleep(1_000);
            assertTrue(host.isAlive());
            parent.destroyForcibly().waitFor();
            host.onExit().get(HostProcess.PATIENCE_SECONDS, TimeUnit.SECONDS);
        } finally {
            host.destroyForcibly();
        }
    }
}
