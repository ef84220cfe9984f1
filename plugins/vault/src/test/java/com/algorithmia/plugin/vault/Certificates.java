package com.algorithmia.plugin.vault;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A certificate authority of the test's own, made with the JDK's keytool. */
final class Certificates {
    private static final char[] PASSWORD = "changeit".toCharArray();

    private final Path folder;
    final Path authority;

    Certificates(Path folder) throws Exception {
        this.folder = folder;
        keytool("ca", "-genkeypair", "-keyalg", "EC", "-groupname", "secp256r1", "-dname", "CN=Test authority", "-ext", "bc:c", "-validity",
                "30");
        this.authority = folder.resolve("ca.pem");
        keytool("ca", "-exportcert", "-rfc", "-file", authority.toString());
    }

    /** Makes name.pem (with the authority) and name.key. @param start keytool's start date, such as -1d */
    void issue(String name, String san, String start, int days) throws Exception {
        keytool(name, "-genkeypair", "-keyalg", "EC", "-groupname", "secp256r1", "-dname", "CN=" + name);
        Path request = folder.resolve(name + ".csr");
        Path signed = folder.resolve(name + ".signed.pem");
        keytool(name, "-certreq", "-file", request.toString());
        keytool("ca", "-gencert", "-rfc", "-ext", "san=" + san, "-startdate", start, "-validity", String.valueOf(days), "-infile",
                request.toString(), "-outfile",
                signed.toString());
        Path chain = certificate(name);
        Files.writeString(chain, Files.readString(signed) + Files.readString(authority));
        keytool(name, "-importcert", "-noprompt", "-trustcacerts", "-alias", "ca", "-file", authority.toString());
        keytool(name, "-importcert", "-noprompt", "-file", signed.toString());
        byte[] key = store(name).getKey(name, PASSWORD).getEncoded();
        Files.writeString(key(name), "-----BEGIN PRIVATE KEY-----\n" + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key)
                + "\n-----END PRIVATE KEY-----\n");
    }

    Path certificate(String name) {
        return folder.resolve(name + ".pem");
    }

    Path key(String name) {
        return folder.resolve(name + ".key");
    }

    /** Trusts this authority alone; serves with the certificate of that name, if one is given. */
    SSLContext context(String name) throws GeneralSecurityException, IOException {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        Certificate ca = store("ca").getCertificate("ca");
        trusted.setCertificateEntry("ca", ca);
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        if (name != null) keys.init(store(name), PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(name == null ? null : keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    private KeyStore store(String name) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream file = Files.newInputStream(folder.resolve(name + ".p12"))) {
            store.load(file, PASSWORD);
        }
        return store;
    }

    private void keytool(String name, String command, String... options) throws Exception {
        List<String> line = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), command,
                "-keystore",
                folder.resolve(name + ".p12").toString(), "-storepass", new String(PASSWORD)));
        List<String> given = Arrays.asList(options);
        if (!given.contains("-alias")) line.addAll(List.of("-alias", name));
        line.addAll(given);
        Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes());
        if (process.waitFor() != 0) throw new IOException(String.join(" ", line) + ": " + output);
    }
}
