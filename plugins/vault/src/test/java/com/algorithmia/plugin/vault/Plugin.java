package com.algorithmia.plugin.vault;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.algorithmia.sdk.plugin.secrets.SecretIdentifier;
import com.algorithmia.sdk.plugin.secrets.SecretProvider;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.function.Executable;

/** Makes providers as the host does, and reads their messages. */
final class Plugin {
    private Plugin() {}

    /** @param more further keys and values, one after the other */
    static SecretProvider provider(String address, String token, String path, String... more) {
        Map<String, String> config = new HashMap<>(Map.of("vault_addr", address, "vault_token", token, "vault_secret_path", path));
        for (int i = 0; i < more.length; i += 2) config.put(more[i], more[i + 1]);
        return new VaultSecretProviderFactory().create(config);
    }

    static SecretProvider provider(OpenBao server, String path, String... more) {
        return provider(server.address, server.token, path, more);
    }

    static SecretIdentifier id(String key) {
        return () -> key;
    }

    /** The message of the problem that the call ends with; neither the token nor the value "hunter2-value" may be in it. */
    static String problem(String token, Executable call) {
        RuntimeException problem = assertThrows(RuntimeException.class, call);
        for (Throwable cause = problem; cause != null; cause = cause.getCause()) {
            String text = cause.toString();
            assertFalse(text.contains(token), text);
            assertFalse(text.contains("hunter2-value"), text);
        }
        return problem.getMessage();
    }
}
