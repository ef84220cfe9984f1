package com.example.loading;

import com.algorithmia.sdk.plugin.secrets.Secret;
import com.algorithmia.sdk.plugin.secrets.SecretIdentifier;
import com.algorithmia.sdk.plugin.secrets.SecretProvider;
import com.algorithmia.sdk.plugin.secrets.SimpleSecret;
import com.google.gson.Gson;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collections;
import java.util.ServiceLoader;

/**
 * getSecret answers questions, by provider key: `class NAME` → loader's name or "JDK", or "none"; `gson` → what the bundled one writes, and the title of its package;
 * `service` → the implementation found through the thread's class loader; `resource NAME` → its first line.
 */
final class LoadingProvider implements SecretProvider {
    @Override
    public Secret getSecret(SecretIdentifier id) {
        String[] question = id.getProviderKey().split(" ", 2);
        switch (question[0]) {
            case "class":
                return new SimpleSecret(whose(question[1]));
            case "gson":
                return new SimpleSecret(new Gson().toJson(Collections.singletonMap("key", "<value>")) + " of "
                        + Gson.class.getPackage().getImplementationTitle());
            case "service":
                return new SimpleSecret(ServiceLoader.load(Greeting.class).iterator().next().text());
            default:
                return new SimpleSecret(firstLine(question[1]));
        }
    }

    private static String whose(String name) {
        try {
            ClassLoader loader = Class.forName(name, false, Thread.currentThread().getContextClassLoader()).getClassLoader();
            if (loader == null || loader == ClassLoader.getSystemClassLoader().getParent()) {
                return "JDK";
            }
            return loader == LoadingProvider.class.getClassLoader() ? "JAR" : "host";
        } catch (ClassNotFoundException e) {
            return "none";
        }
    }

    private static String firstLine(String name) {
        try (InputStream in = Thread.currentThread().getContextClassLoader().getResourceAsStream(name)) {
            return in == null ? "none" : new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8)).readLine();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public SecretIdentifier createSecret(String value) {
        throw new UnsupportedOperationException();
    }

    @Override
    public String updateSecret(SecretIdentifier id, String value) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean deleteSecret(SecretIdentifier id) {
        return false;
    }

    @Override
    public String getSecretVersion(SecretIdentifier id) {
        return "1";
    }

    @Override
    public Instant secretLastUpdated(SecretIdentifier id) {
        return Instant.EPOCH;
    }

    @Override
    public int getTtl() {
        return 0;
    }

    @Override
    public boolean allowsCreate() {
        return false;
    }

    @Override
    public boolean allowsUpdate() {
        return false;
    }

    @Override
    public boolean allowsDelete() {
        return false;
    }
}
