package com.algorithmia.plugin.vault;

import static com.algorithmia.plugin.vault.Plugin.id;
import static com.algorithmia.plugin.vault.Plugin.problem;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.algorithmia.sdk.plugin.secrets.SecretProvider;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What answers at the address is not Vault, or nothing does. */
class OtherServersTest {
    private static final String TOKEN = "s.secret-token";

    private final List<HttpServer> servers = new ArrayList<>();

    @AfterEach
    void stop() {
        servers.forEach(server -> server.stop(0));
        System.clearProperty("sun.net.client.defaultReadTimeout");
        System.clearProperty("sun.net.client.defaultConnectTimeout");
    }

    /** A web server that gives every request this answer. */
    private String server(int status, String type, String body, String location, AtomicInteger requests) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
        server.createContext("/", exchange -> {
            requests.incrementAndGet();
            exchange.getRequestBody().readAllBytes();
            exchange.getResponseHeaders().set("Content-Type", type);
            if (location != null) exchange.getResponseHeaders().set("Location", location);
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.start();
        servers.add(server);
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private void allSay(String address, String... words) {
        for (String version : new String[] {"", "1", "2"}) {
            SecretProvider provider = Plugin.provider(address, TOKEN, "secret/app", "vault_kv_version", version);
            List<String> messages = List.of(
                    problem(TOKEN, () -> provider.createSecret("hunter2-value")),
                    problem(TOKEN, () -> provider.getSecretVersion(id("x"))),
                    problem(TOKEN, () -> provider.updateSecret(id("x"), "hunter2-value")),
                    problem(TOKEN, () -> provider.deleteSecret(id("x"))));
            for (String message : messages) for (String word : words) assertTrue(message.contains(word), message);
        }
    }

    @Test
    void aRedirectIsNotFollowedAndTheTokenGoesNowhereElse() throws IOException {
        AtomicInteger elsewhere = new AtomicInteger();
        String target = server(200, "application/json", "{}", null, elsewhere);
        for (int status : new int[] {301, 302, 307, 308})
            allSay(server(status, "text/plain", "", target + "/v1/secret?token=x", new AtomicInteger()), "redirects to " + target + ".",
                    "vault_addr");
        assertEquals(0, elsewhere.get());
    }

    @Test
    void aWebPageIsNotTakenForVaultWhateverItsStatus() throws IOException {
        for (int status : new int[] {200, 400, 403, 404})
            allSay(server(status, "text/html", "<!DOCTYPE html><html><body>" + TOKEN + " welcome</body></html>", null, new AtomicInteger()),
                    "is not Vault", "web page", "vault_addr");
        allSay(server(200, "application/json", "[]", null, new AtomicInteger()), "is not Vault");
        allSay(server(404, "application/json", "{\"message\":\"no route\"}", null, new AtomicInteger()), "is not Vault");
    }

    @Test
    void aGatewayWithNothingBehindItIsNamed() throws IOException {
        for (int status : new int[] {502, 503, 504})
            allSay(server(status, "text/html", "<html>Bad Gateway</html>", null,
                new AtomicInteger()), "stands before", String.valueOf(status));
    }

    @Test
    void anUnreachableAddressIsNamed() throws IOException {
        allSay("http://127.0.0.1:" + OpenBao.freePort(), "not reachable", "vault_addr");
    }

    @Test
    void anUnknownHostNameIsNamed() {
        allSay("https://vault.invalid:8200", "host name", "vault.invalid", "vault_addr");
    }

    @Test
    void aSilentServerIsGivenUpAfterTheOperatorsTimeOut() throws IOException {
        System.setProperty("sun.net.client.defaultReadTimeout", "1000");
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            SecretProvider provider = Plugin.provider("http://127.0.0.1:" + silent.getLocalPort(), TOKEN, "secret/app");
            assertTrue(problem(TOKEN, () -> provider.createSecret("hunter2-value")).contains("did not answer within 1 s"));
        }
    }

    @Test
    void anAnswerThatNeverEndsIsGivenUpToo() throws Exception {
        System.setProperty("sun.net.client.defaultReadTimeout", "1500");
        try (ServerSocket endless = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread server = new Thread(() -> {
                try (Socket connection = endless.accept()) {
                    String head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{";
                    connection.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
                    while (true) {
                        connection.getOutputStream().write(' ');
                        Thread.sleep(20);
                    }
                } catch (IOException | InterruptedException e) {
                    // The client has gone.
                }
            });
            server.setDaemon(true);
            server.start();
            SecretProvider provider = Plugin.provider("http://127.0.0.1:" + endless.getLocalPort(), TOKEN, "secret/app");
            assertTrue(problem(TOKEN, () -> provider.getSecret(id("x"))).contains("did not answer within 1 s"));
        }
    }

    @Test
    void anAnswerWithoutBoundIsCutOff() throws IOException {
        String address = server(200, "application/json", "{\"data\":\"" + "x".repeat(17 << 20) + "\"}", null, new AtomicInteger());
        SecretProvider provider = Plugin.provider(address, TOKEN, "secret/app");
        assertTrue(problem(TOKEN, () -> provider.getSecret(id("x"))).contains("ended the connection"));
    }

    @Test
    void aConnectionThatIsNotTakenIsGivenUpAfterTheOperatorsTimeOut() throws IOException {
        System.setProperty("sun.net.client.defaultConnectTimeout", "300");
        List<Socket> waiting = new ArrayList<>();
        try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            // A full queue: the kernel drops further attempts, as a firewall does.
            for (int i = 0; i < 4; i++) {
                Socket socket = new Socket();
                waiting.add(socket);
                try {
                    socket.connect(full.getLocalSocketAddress(), 200);
                } catch (IOException e) {
                    break;
                }
            }
            SecretProvider provider = Plugin.provider("http://127.0.0.1:" + full.getLocalPort(), TOKEN, "secret/app");
            String message = problem(TOKEN, () -> provider.createSecret("hunter2-value"));
            assertTrue(message.contains("No connection to") && message.contains("within 300 ms") && message.contains("firewalls"), message);
        } finally {
            for (Socket socket : waiting) socket.close();
        }
    }

    @Test
    void aCallThatTheHostGivesUpEndsAtOnce() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            SecretProvider provider = Plugin.provider("http://127.0.0.1:" + silent.getLocalPort(), TOKEN, "secret/app");
            List<String> messages = new ArrayList<>();
            Thread call = new Thread(() -> {
                messages.add(problem(TOKEN, () -> provider.getSecret(id("x"))));
                if (Thread.currentThread().isInterrupted()) messages.add("still interrupted");
            });
            call.start();
            Thread.sleep(300);
            call.interrupt();
            call.join(3_000);
            assertEquals(2, messages.size());
            assertTrue(messages.get(0).contains("given up"), messages.get(0));
        }
    }
}
