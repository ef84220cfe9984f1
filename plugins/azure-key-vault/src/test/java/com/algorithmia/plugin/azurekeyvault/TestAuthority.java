package com.algorithmia.plugin.azurekeyvault;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** A certificate with both of Azure's names, signed by an authority of the test's own, made with the JDK's keytool. */
final class TestAuthority {
    static final String PASSWORD = "changeit";

    private final Path folder;

    TestAuthority(String names) throws IOException, InterruptedException {
        this.folder = Files.createTempDirectory("key-vault-plugin");
        // Files go before their folder: the last one named goes first.
        folder.toFile().deleteOnExit();
        for (String name : List.of("ca.p12", "ca.pem", "trust.p12", "server.p12", "server.csr", "server.pem")) folder.resolve(name).toFile().deleteOnExit();
        Path ca = folder.resolve("ca.pem");
        Path request = folder.resolve("server.csr");
        Path signed = folder.resolve("server.pem");
        keytool("ca.p12", "ca", "-genkeypair", "-keyalg", "EC", "-groupname", "secp256r1", "-dname", "CN=Test authority", "-ext", "bc:c");
        keytool("ca.p12", "ca", "-exportcert", "-rfc", "-file", ca.toString());
        keytool("trust.p12", "ca", "-importcert", "-noprompt", "-file", ca.toString());
        keytool("server.p12", "server", "-genkeypair", "-keyalg", "EC", "-groupname", "secp256r1", "-dname", "CN=server");
        keytool("server.p12", "server", "-certreq", "-file", request.toString());
        keytool("ca.p12", "ca", "-gencert", "-rfc", "-ext", "san=" + names, "-infile", request.toString(), "-outfile", signed.toString());
        keytool("server.p12", "ca", "-importcert", "-noprompt", "-file", ca.toString());
        keytool("server.p12", "server", "-importcert", "-noprompt", "-file", signed.toString());
    }

    Path trustStore() {
        return folder.resolve("trust.p12");
    }

    Path certificate() {
        return folder.resolve("ca.pem");
    }

    SSLContext server() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream file = Files.newInputStream(folder.resolve("server.p12"))) {
            store.load(file, PASSWORD.toCharArray());
        }
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context;
    }

    private void keytool(String store, String alias, String... command) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        line.addAll(Arrays.asList(command));
        line.addAll(List.of("-alias", alias, "-keystore", folder.resolve(store).toString(), "-storepass", PASSWORD));
        Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes());
        if (process.waitFor() != 0) throw new IOException(String.join(" ", line) + ": " + output);
    }
}
