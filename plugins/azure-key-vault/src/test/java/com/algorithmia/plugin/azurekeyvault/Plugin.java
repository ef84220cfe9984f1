package com.algorithmia.plugin.azurekeyvault;

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

    /** @param changes keys and values that differ from the good ones, one after the other; null = left out */
    static SecretProvider provider(String... changes) {
        Map<String, String> config = new HashMap<>(Map.of("vault_url", "https://" + FakeAzure.VAULT, "client_id", FakeLogin.CLIENT,
                "client_secret", FakeLogin.SECRET, "tenant_id", FakeLogin.TENANT));
        for (int i = 0; i < changes.length; i += 2) config.put(changes[i], changes[i + 1]);
        return new KeyVaultSecretProviderFactory().create(config);
    }

    static SecretIdentifier id(String key) {
        return () -> key;
    }

    /** The message of the problem that the call ends with; neither a client secret nor the value "hunter2-value" may be in it. */
    static String problem(Executable call) {
        RuntimeException problem = assertThrows(RuntimeException.class, call);
        for (Throwable cause = problem; cause != null; cause = cause.getCause()) {
            String text = cause.toString();
            for (String secret : new String[] {FakeLogin.SECRET, "wrong-secret", "hunter2-value",
                    "token-"}) assertFalse(text.contains(secret), text);
        }
        return problem.getMessage();
    }
}
