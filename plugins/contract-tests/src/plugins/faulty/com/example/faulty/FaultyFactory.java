package com.example.faulty;

import com.algorithmia.sdk.plugin.secrets.SecretProvider;
import com.algorithmia.sdk.plugin.secrets.SecretProviderFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.Map;

/**
 * Keeps secrets in a folder and does one thing wrong, for the check of plugins. Keys: {@code folder}, {@code token} (begins with "good"),
 * {@code fault}: one of those in {@link FaultyProvider} and here.
 */
public final class FaultyFactory implements SecretProviderFactory {
    @Override
    public SecretProvider create(Map<String, String> config) {
        String fault = config.getOrDefault("fault", "");
        if (fault.equals("hangs-in-create")) {
            waitLong();
        }
        if (fault.equals("hangs-on-exit")) {
            Runtime.getRuntime().addShutdownHook(new Thread(FaultyFactory::waitLong));
        }
        String token = config.get("token");
        if (fault.equals("checks-nothing")) {
            token = token.trim();
        } else if (token == null) {
            throw new IllegalArgumentException("The key token is missing.");
        }
        boolean isGood = token.startsWith("good");
        if (!isGood && !fault.equals("takes-refusal-for-absence")) {
            throw new IllegalArgumentException("The token is wrong" + (fault.equals("token-in-errors") ? ": " + token : "."));
        }
        String name = config.get("folder");
        if (name == null) {
            throw new IllegalArgumentException("The key folder is missing.");
        }
        Path folder = Paths.get(name);
        if (!Files.isDirectory(folder)) {
            throw new IllegalArgumentException("The key folder does not name a folder.");
        }
        return new FaultyProvider(isGood ? folder : folder.resolve("nowhere"), fault);
    }

    private static void waitLong() {
        try {
            Thread.sleep(600_000);
        } catch (InterruptedException e) {
            waitLong(); // Does not let itself be interrupted either.
        }
    }
}
