package com.algorithmia.plugin.vault;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Map;

/** What the administrator entered, checked. Messages name the key and never repeat the token. */
final class VaultSettings {
    static final String ADDR = "vault_addr";
    static final String TOKEN = "vault_token";
    static final String SECRET_PATH = "vault_secret_path";
    static final String NAMESPACE = "vault_namespace";
    static final String KV_VERSION = "vault_kv_version";

    /** Without a slash at the end. */
    final String address;
    final String token;
    /** Mount and folder, without slashes at its ends. */
    final VaultPath secretPath;
    /** Null if none. */
    final String namespace;
    /** 1 or 2; null if it is to be asked for. */
    final Integer kvVersion;
    final Duration connectTimeout;
    final Duration answerTimeout;

    private VaultSettings(String address, String token, VaultPath secretPath, String namespace, Integer kvVersion) {
        this.address = address;
        this.token = token;
        this.secretPath = secretPath;
        this.namespace = namespace;
        this.kvVersion = kvVersion;
        // The operator's socket time-outs are these properties of the JDK; its HTTP client does not look at them by itself.
        this.connectTimeout = timeout("sun.net.client.defaultConnectTimeout", 10_000);
        this.answerTimeout = timeout("sun.net.client.defaultReadTimeout", 20_000);
    }

    /**
     * Reads and checks the key-value pairs.
     *
     * @throws IllegalArgumentException naming the key and what it should be
     */
    static VaultSettings from(Map<String, String> config) {
        return new VaultSettings(
                address(required(config, ADDR)),
                token(required(config, TOKEN)),
                VaultPath.ofSetting(SECRET_PATH, required(config, SECRET_PATH)),
                namespace(optional(config, NAMESPACE)),
                kvVersion(optional(config, KV_VERSION)));
    }

    private static String required(Map<String, String> config, String key) {
        String value = optional(config, key);
        if (value == null) throw new IllegalArgumentException("The key " + key + " is missing.");
        return value;
    }

    private static String optional(Map<String, String> config, String key) {
        String value = config.get(key);
        return value == null || value.trim().isEmpty() ? null : value.trim();
    }

    private static String address(String text) {
        String wanted = ADDR + " must be the address of the Vault server, such as https://vault.example.com:8200";
        URI uri;
        try {
            uri = new URI(text);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(wanted + ".");
        }
        String scheme = uri.getScheme();
        if (uri.getHost() == null || !("https".equalsIgnoreCase(scheme) || "http".equalsIgnoreCase(scheme)))
            throw new IllegalArgumentException(wanted + ".");
        if (uri.getRawUserInfo() != null || uri.getRawQuery() != null || uri.getRawFragment() != null)
            throw new IllegalArgumentException(wanted + ", with no user name, \"?\" or \"#\".");
        String address = text.replaceAll("/+$", "");
        if (address.endsWith("/v1")) throw new IllegalArgumentException(wanted + ", without /v1 at its end.");
        return address;
    }

    private static String token(String text) {
        // Anything else is not a token, and the HTTP client would put it into an exception's message.
        if (!text.matches("[!-~]+"))
            throw new IllegalArgumentException(TOKEN + " has a space, a line break or another character that no token has.");
        return text;
    }

    private static String namespace(String text) {
        if (text == null) return null;
        return VaultPath.ofSetting(NAMESPACE, text).toString();
    }

    private static Integer kvVersion(String text) {
        if (text == null) return null;
        if (!text.matches("[12]")) throw new IllegalArgumentException(KV_VERSION
                + " must be 1 or 2, or left out to have the server asked.");
        return Integer.valueOf(text);
    }

    private static Duration timeout(String property, long fallback) {
        long millis = Long.getLong(property, fallback);
        return Duration.ofMillis(millis > 0 ? millis : fallback);
    }
}
