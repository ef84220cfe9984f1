package com.algorithmia.plugin.azurekeyvault;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.concurrent.Executors;

/**
 * Azure's login and one vault on the loopback, over TLS, reached under their real names through a proxy: set up by the JVM options that an
 * operator has, so that
 * the plugin knows nothing of it.
 */
final class FakeAzure {
    static final String LOGIN = "login.microsoftonline.com";
    static final String VAULT = "unit.vault.azure.net";

    private static FakeAzure running;

    final ConnectProxy proxy;
    final FakeLogin login = new FakeLogin();
    final FakeVault vault = new FakeVault(login);
    final String trustStore;
    /** The authority's certificate in PEM. */
    final String caFile;
    private final int port;

    private FakeAzure() throws IOException, InterruptedException, GeneralSecurityException {
        TestAuthority authority = new TestAuthority("dns:" + LOGIN + ",dns:" + VAULT + ",dns:plain.example");
        trustStore = authority.trustStore().toString();
        caFile = authority.certificate().toString();
        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
        server.setHttpsConfigurator(new HttpsConfigurator(authority.server()));
        server.setExecutor(Executors.newCachedThreadPool(work -> {
            Thread thread = new Thread(work);
            thread.setDaemon(true);
            return thread;
        }));
        server.createContext("/", this::serve);
        server.start();
        port = server.getAddress().getPort();
        proxy = new ConnectProxy();
        routes();
    }

    /** The one of this JVM. The options are there before the first class of the SDK is loaded, as on a command line. */
    static synchronized FakeAzure running() {
        if (running == null) {
            try {
                running = new FakeAzure();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException | GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
            System.setProperty("java.net.useSystemProxies", "true");
            System.setProperty("https.proxyHost", "127.0.0.1");
            System.setProperty("https.proxyPort", String.valueOf(running.proxy.port()));
            System.setProperty("javax.net.ssl.trustStore", running.trustStore);
            System.setProperty("javax.net.ssl.trustStorePassword", TestAuthority.PASSWORD);
        }
        return running;
    }

    void reset() {
        routes();
        login.reset();
        vault.reset();
    }

    private void routes() {
        proxy.routes.clear();
        proxy.routes.put(LOGIN + ":443", port);
        proxy.routes.put(VAULT + ":443", port);
        proxy.routes.put("plain.example:443", port);
    }

    private void serve(HttpExchange exchange) throws IOException {
        String host = exchange.getRequestHeaders().getFirst("Host");
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        Answer answer = host.startsWith(LOGIN) ? login.answer(exchange, body) : host.startsWith(VAULT) ? vault.answer(exchange, body)
                : new Answer(200, "<html>hello</html>");
        byte[] bytes = answer.body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", answer.body.startsWith("<") ? "text/html" : "application/json; charset=utf-8");
        exchange.sendResponseHeaders(answer.status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    static final class Answer {
        final int status;
        final String body;

        Answer(int status, String body) {
            this.status = status;
            this.body = body;
        }
    }
}
