package com.algorithmia.plugin.vault;

import static com.algorithmia.plugin.vault.Plugin.problem;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.algorithmia.sdk.plugin.secrets.SecretIdentifier;
import com.algorithmia.sdk.plugin.secrets.SecretProvider;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.github.jopenlibs.vault.json.JsonObject;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** A real cluster with raft storage and TLS, through its whole life: not initialized, at work, with a standby, without a leader, sealed. */
@TestMethodOrder(OrderAnnotation.class)
class ClusterTest {
    @TempDir
    private static Path folder;

    private static Certificates certificates;
    private static OpenBao first;
    private static OpenBao second;
    private static String unsealKey;

    private SSLContext before;

    @BeforeAll
    static void start() throws Exception {
        certificates = new Certificates(folder);
        certificates.issue("server", "dns:localhost", "-1d", 30);
        certificates.issue("expired", "dns:localhost", "-10d", 5);
        first = server("first", null);
    }

    private static OpenBao server(String name, OpenBao leader) throws Exception {
        return OpenBao.raft(folder, name, certificates.certificate("server"), certificates.key("server"), certificates.authority,
                certificates.context(null), leader);
    }

    @AfterAll
    static void stop() {
        if (second != null) second.close();
        first.close();
    }

    /** As the host does with an extra CA, by Java's trust store. */
    @BeforeEach
    void trust() throws Exception {
        before = SSLContext.getDefault();
        SSLContext.setDefault(certificates.context(null));
    }

    @AfterEach
    void distrust() {
        SSLContext.setDefault(before);
    }

    @Test
    @Order(1)
    void aServerThatIsNotInitializedIsNamed() {
        String message = problem("s.none", () -> Plugin.provider(first.address, "s.none", "kv/app").createSecret("hunter2-value"));
        assertTrue(message.contains("is not initialized"), message);
        JsonObject keys = first.call("PUT", "sys/init", "{\"secret_shares\":1,\"secret_threshold\":1}");
        unsealKey = keys.get("keys").asArray().get(0).asString();
        first.token = keys.getString("root_token");
    }

    @Test
    @Order(2)
    void aSealedServerIsNamed() {
        String message = problem(first.token, () -> Plugin.provider(first, "kv/app").createSecret("hunter2-value"));
        assertTrue(message.contains("is sealed") && message.contains("unseal"), message);
        first.call("PUT", "sys/unseal", "{\"key\":\"" + unsealKey + "\"}");
        first.await("sys/health", 200);
        first.call("POST", "sys/mounts/kv", "{\"type\":\"kv\",\"options\":{\"version\":\"2\"}}");
        first.await("kv/config", 200);
    }

    @Test
    @Order(3)
    void secretsAreKeptOverTls() throws Exception {
        SecretProvider provider = Plugin.provider(first, "kv/app");
        SecretIdentifier secret = provider.createSecret("1");
        assertEquals(provider.updateSecret(secret, "2"), provider.getSecretVersion(secret));
        assertEquals("2", provider.getSecret(secret).getValue());
        assertTrue(provider.deleteSecret(secret));
        assertFalse(provider.deleteSecret(secret));
    }

    @Test
    @Order(3)
    void aCertificateOfAnUnknownAuthorityIsNamed() {
        SSLContext.setDefault(before);
        String message = problem(first.token, () -> Plugin.provider(first, "kv/app").createSecret("hunter2-value"));
        assertTrue(message.contains("authority that is not trusted") && message.contains("PEM"), message);
    }

    @Test
    @Order(3)
    void aCertificateForAnotherNameIsNamed() {
        String address = first.address.replace("localhost", "127.0.0.1");
        String message = problem(first.token, () -> Plugin.provider(address, first.token, "kv/app").createSecret("hunter2-value"));
        assertTrue(message.contains("for another name"), message);
    }

    @Test
    @Order(3)
    void anExpiredCertificateIsNamed() throws Exception {
        HttpsServer expired = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 5);
        expired.setHttpsConfigurator(new HttpsConfigurator(certificates.context("expired")));
        expired.start();
        try {
            String address = "https://localhost:" + expired.getAddress().getPort();
            String message = problem("s.token", () -> Plugin.provider(address, "s.token", "kv/app").createSecret("hunter2-value"));
            assertTrue(message.contains("expired"), message);
        } finally {
            expired.stop(0);
        }
    }

    @Test
    @Order(3)
    void httpToATlsServerAndTheOtherWayRoundAreNamed() {
        String plain = first.address.replace("https", "http");
        String message = problem(first.token, () -> Plugin.provider(plain, first.token, "kv/app").createSecret("hunter2-value"));
        assertTrue(message.contains("must begin with https://"), message);
        String tls = OpenBao.dev().address.replace("http", "https");
        message = problem(first.token, () -> Plugin.provider(tls, first.token, "kv/app").createSecret("hunter2-value"));
        assertTrue(message.contains("speaks no TLS") && message.contains("http://"), message);
    }

    @Test
    @Order(4)
    void aValueThatTheStorageFindsTooLargeIsNamed() {
        String message = problem(first.token, () -> Plugin.provider(first, "kv/app").createSecret("hunter2-value".repeat(200_000)));
        assertTrue(message.contains("size") && message.contains("1 MiB"), message);
    }

    @Test
    @Order(5)
    void aServerWithoutALeaderInItsClusterIsNamed() {
        first.call("PUT", "sys/step-down", null);
        String message = problem(first.token, () -> Plugin.provider(first, "kv/app").createSecret("hunter2-value"));
        assertTrue(message.contains("is a standby that has no active server"), message);
        first.await("sys/health", 200);
    }

    @Test
    @Order(6)
    void aStandbyServesAndWhenItsLeaderIsGoneSaysSo() throws Exception {
        second = server("second", first);
        second.call("PUT", "sys/unseal", "{\"key\":\"" + unsealKey + "\"}");
        second.await("sys/health", 429);
        second.token = first.token;
        second.await("kv/config", 200);
        // Until its connection to the leader stands it redirects.
        second.await("POST", "kv/data/first", "{\"data\":{\"value\":\"x\"}}", 200);
        SecretProvider provider = Plugin.provider(second, "kv/app");
        SecretIdentifier secret = provider.createSecret("through the standby");
        assertEquals("through the standby", Plugin.provider(first, "kv/app").getSecret(secret).getValue());
        for (int i = 0; i < 30; i++) {
            SecretIdentifier quick = provider.createSecret("read back");
            assertEquals("read back", provider.getSecret(quick).getValue(), "at once, though the standby gets it from the leader");
            assertEquals(provider.updateSecret(quick, "2"), provider.getSecretVersion(quick));
        }
        first.close();
        String message = problem(first.token, () -> provider.updateSecret(secret, "hunter2-value"));
        assertTrue(message.contains("redirects to " + first.address) && message.contains("standby"),
                "for as long as it knows of the leader: " + message);
    }
}
