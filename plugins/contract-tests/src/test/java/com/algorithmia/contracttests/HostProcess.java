package com.algorithmia.contracttests;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** A host as a real child process, with the product's flags; a client small enough to be seen through. */
final class HostProcess implements AutoCloseable {
    static final long PATIENCE_SECONDS = 20;
    static final List<String> FLAGS = List.of("-Xmx64m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:+ExitOnOutOfMemoryError",
            "-XX:MaxDirectMemorySize=16m", "-XX:-UsePerfData", "-XX:+DisplayVMOutputToStderr", "-Dfile.encoding=UTF-8");

    final Process process;
    /** Lines on standard output that are no answer to a request of ours. */
    final AtomicInteger strayLines = new AtomicInteger();
    private final OutputStream requests;
    private final AtomicLong ids = new AtomicLong();
    private final Map<Long, CompletableFuture<JsonObject>> waiting = new ConcurrentHashMap<>();
    private final ByteArrayOutputStream errors = new ByteArrayOutputStream();
    private final List<JsonObject> withoutId = new ArrayList<>();

    HostProcess(String... moreFlags) throws IOException {
        this(command(moreFlags));
    }

    HostProcess(List<String> command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().clear();
        builder.environment().put("LANG", "C.UTF-8");
        process = builder.start();
        requests = process.getOutputStream();
        start(this::readAnswers);
        start(this::drainErrors);
    }

    static List<String> command(String... moreFlags) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(FLAGS);
        command.add("-XX:ErrorFile=/dev/null");
        command.addAll(Arrays.asList(moreFlags));
        command.add("-jar");
        command.add(System.getProperty("host.jar"));
        return command;
    }

    static Path jar(String name) {
        return Path.of(System.getProperty("plugin.jars"), name + ".jar");
    }

    static String sha256(Path file) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
            return String.format("%064x", new BigInteger(1, digest));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** Loads and creates; asserts nothing but that both succeed. */
    static HostProcess with(String jar, String factory, Map<String, String> configuration) throws Exception {
        HostProcess host = new HostProcess();
        host.load(jar(jar), factory);
        host.create(configuration);
        return host;
    }

    JsonObject load(Path jar, String factory) throws Exception {
        return call("load", object(Map.of("jar", jar.toAbsolutePath().toString(), "sha256", sha256(jar), "factory", factory)));
    }

    JsonObject create(Map<String, String> configuration) throws Exception {
        JsonObject params = new JsonObject();
        params.add("configuration", object(configuration));
        return call("create", params);
    }

    static JsonObject object(Map<String, String> texts) {
        JsonObject object = new JsonObject();
        texts.forEach(object::addProperty);
        return object;
    }

    String createSecret(String value) throws Exception {
        return call("createSecret", object(Map.of("value", value))).get("providerKey").getAsString();
    }

    String getSecret(String providerKey) throws Exception {
        return call("getSecret", key(providerKey)).get("value").getAsString();
    }

    static JsonObject key(String providerKey) {
        return object(Map.of("providerKey", providerKey));
    }

    /** The result; throws the error as {@link Refused}. */
    JsonObject call(String method, JsonObject params) throws Exception {
        return await(send(method, params));
    }

    static JsonObject await(CompletableFuture<JsonObject> answer) throws Exception {
        JsonObject message = answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (message.has("error")) {
            throw new Refused(message.getAsJsonObject("error"));
        }
        return message.getAsJsonObject("result");
    }

    /** The whole answer, when it comes; fails when the host ends. */
    CompletableFuture<JsonObject> send(String method, JsonObject params) {
        long id = ids.incrementAndGet();
        CompletableFuture<JsonObject> answer = new CompletableFuture<>();
        waiting.put(id, answer);
        JsonObject message = new JsonObject();
        message.addProperty("jsonrpc", "2.0");
        message.addProperty("id", id);
        message.addProperty("method", method);
        message.add("params", params);
        try {
            sendLine(message.toString());
        } catch (UncheckedIOException e) {
            answer.completeExceptionally(e);
        }
        return answer;
    }

    long lastId() {
        return ids.get();
    }

    void cancel(long id) {
        sendLine("{\"jsonrpc\":\"2.0\",\"method\":\"cancel\",\"params\":{\"id\":" + id + "}}");
    }

    void sendLine(String line) {
        sendBytes((line + "\n").getBytes(StandardCharsets.UTF_8));
    }

    synchronized void sendBytes(byte[] bytes) {
        try {
            requests.write(bytes);
            requests.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The next answer with id null. */
    JsonObject errorWithoutId() throws Exception {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (System.nanoTime() < until) {
            synchronized (withoutId) {
                if (!withoutId.isEmpty()) {
                    return withoutId.remove(0).getAsJsonObject("error");
                }
            }
            Thread.sleep(5);
        }
        throw new TimeoutException("no error without id");
    }

    long ping(String what) throws Exception {
        return call("ping", new JsonObject()).get(what).getAsLong();
    }

    int exitCode() throws Exception {
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new TimeoutException("the host lives on");
        }
        return process.exitValue();
    }

    String errors() {
        synchronized (errors) {
            return new String(errors.toByteArray(), StandardCharsets.UTF_8);
        }
    }

    void endInput() throws IOException {
        requests.close();
    }

    @Override
    public void close() throws Exception {
        process.destroyForcibly().waitFor();
    }

    private void readAnswers() {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!line.isEmpty() && !take(line)) {
                    strayLines.incrementAndGet();
                }
            }
        } catch (IOException e) {
            // The host was killed.
        }
        waiting.values().forEach(answer -> answer.completeExceptionally(new IllegalStateException("The host ended.")));
    }

    private boolean take(String line) {
        try {
            JsonElement parsed = new JsonParser().parse(line);
            if (!parsed.isJsonObject() || !new JsonPrimitive("2.0").equals(parsed.getAsJsonObject().get("jsonrpc"))) {
                return false;
            }
            JsonObject message = parsed.getAsJsonObject();
            if (message.get("id").isJsonNull()) {
                synchronized (withoutId) {
                    withoutId.add(message);
                }
                return true;
            }
            CompletableFuture<JsonObject> answer = waiting.remove(message.get("id").getAsLong());
            return answer != null && answer.complete(message);
        } catch (JsonParseException | NullPointerException | NumberFormatException e) {
            return false;
        }
    }

    private void drainErrors() {
        byte[] chunk = new byte[8192];
        try {
            for (int n = process.getErrorStream().read(chunk); n > 0; n = process.getErrorStream().read(chunk)) {
                synchronized (errors) {
                    if (errors.size() < 1_000_000) {
                        errors.write(chunk, 0, n);
                    }
                }
            }
        } catch (IOException e) {
            // The host was killed.
        }
    }

    private static void start(Runnable work) {
        Thread thread = new Thread(work);
        thread.setDaemon(true);
        thread.start();
    }

    /** An error reply. */
    static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;

        final String kind;
        final String type;
        final int code;

        Refused(JsonObject error) {
            super(error.get("message").getAsString());
            JsonObject data = error.getAsJsonObject("data");
            kind = data.get("kind").getAsString();
            type = data.has("type") ? data.get("type").getAsString() : "";
            code = error.get("code").getAsInt();
        }
    }
}
