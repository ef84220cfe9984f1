package com.algorithmia.plugin.vault;

import io.github.jopenlibs.vault.EnvironmentLoader;
import io.github.jopenlibs.vault.Vault;
import io.github.jopenlibs.vault.VaultConfig;
import io.github.jopenlibs.vault.VaultException;
import io.github.jopenlibs.vault.api.Logical;
import io.github.jopenlibs.vault.api.WriteOptions;
import io.github.jopenlibs.vault.response.LogicalResponse;
import java.net.http.HttpClient;
import java.util.Map;

/**
 * Requests to the server, through the Vault driver. Every answer with a status is handed back; a server that gives none is a
 * {@link VaultProblem}. The driver itself turns most 4xx into empty data and 5xx into an exception: both come back as an {@link Answer}.
 */
final class VaultApi {
    private final VaultSettings settings;
    private final HttpClient http;

    VaultApi(VaultSettings settings) {
        this.settings = settings;
        this.http = new CarefulHttpClient(settings.connectTimeout, settings.answerTimeout);
    }

    /** A request at the literal path: KV version 1, and Vault's own addresses. */
    Answer read(VaultPath path) {
        return ask(() -> driver(1, 1).read(path.encoded()));
    }

    /** Addresses of the server as a whole. */
    Answer readOutsideNamespace(VaultPath path) {
        return ask(() -> driver(1, 1).withNameSpace(null).read(path.encoded()));
    }

    Answer write(VaultPath path, Map<String, Object> body) {
        return ask(() -> driver(1, 1).write(path.encoded(), body));
    }

    Answer delete(VaultPath path) {
        return ask(() -> driver(1, 1).delete(path.encoded()));
    }

    /** Reads the newest version of a KV version 2 entry. @param mountDepth how many segments of the path are the mount */
    Answer readVersioned(VaultPath path, int mountDepth) {
        return ask(() -> driver(2, mountDepth).read(path.encoded()));
    }

    /** Writes a version after {@code current}, if that still is the newest (check-and-set); 0 = the entry must not exist. */
    Answer writeVersioned(VaultPath path, int mountDepth, Map<String, Object> fields, long current) {
        WriteOptions options = new WriteOptions().checkAndSet(current).build();
        return ask(() -> driver(2, mountDepth).write(path.encoded(), fields, null, options));
    }

    /** Removes all versions and the metadata. */
    Answer deleteVersioned(VaultPath path, int mountDepth) {
        return ask(() -> driver(2, mountDepth).delete(path.encoded()));
    }

    private Answer ask(Request request) {
        try {
            return Answer.of(request.send().getRestResponse());
        } catch (VaultException e) {
            if (e.getHttpStatusCode() != 0) return Answer.of(e);
            throw NetworkProblems.of(e, settings);
        }
    }

    private Logical driver(int kvVersion, int mountDepth) throws VaultException {
        VaultConfig config = new VaultConfig()
                // Nothing is taken from the environment: VAULT_SSL_VERIFY=false there would turn verification off.
                .environmentLoader(new NoEnvironment())
                .address(settings.address)
                .token(settings.token)
                .prefixPathDepth(mountDepth)
                .httpClient(http)
                .build();
        return Vault.create(config, kvVersion).logical().withNameSpace(settings.namespace);
    }

    private interface Request {
        LogicalResponse send() throws VaultException;
    }

    private static final class NoEnvironment extends EnvironmentLoader {
        private static final long serialVersionUID = 1L;

        @Override
        public String loadVariable(String name) {
            return null;
        }
    }
}
