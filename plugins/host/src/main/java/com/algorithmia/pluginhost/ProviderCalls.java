package com.algorithmia.pluginhost;

import com.algorithmia.sdk.plugin.secrets.Secret;
import com.algorithmia.sdk.plugin.secrets.SecretIdentifier;
import com.algorithmia.sdk.plugin.secrets.SecretProvider;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** Every call into a plugin's code, from a request to what it answers. */
final class ProviderCalls {
    private final Masker masker = new Masker();
    private final UnaryOperator<String> mask;
    private final AtomicBoolean loading = new AtomicBoolean();
    private volatile PluginModule module;
    private volatile ProviderHolder holder;

    /**
     * @param valuesUnderWay the values of all calls that run now, to be masked
     */
    ProviderCalls(Supplier<Collection<String>> valuesUnderWay) {
        mask = text -> masker.mask(text, valuesUnderWay.get());
    }

    /** Any Throwable of the plugin comes out as a HostException. */
    Map<String, ?> answer(Request request) throws HostException {
        switch (request.method) {
            case "load":
                return load(request);
            case "create":
                return create(request);
            case "createSecret":
            case "updateSecret":
            case "deleteSecret":
            case "getSecret":
            case "getSecretVersion":
            case "secretLastUpdated":
                return call(request);
            default:
                throw new HostException(Kind.PROTOCOL, "There is no method of that name.");
        }
    }

    private Map<String, ?> load(Request request) throws HostException {
        String jar = request.text("jar");
        String sha256 = request.text("sha256");
        String factory = request.text("factory");
        if (!loading.compareAndSet(false, true)) {
            throw new HostException(Kind.PROTOCOL, "load is done once in a host's life.");
        }
        PluginModule opened = PluginModule.open(jar, sha256, factory, mask);
        module = opened;
        holder = new ProviderHolder(opened.factory);
        return Map.of();
    }

    private Map<String, ?> create(Request request) throws HostException {
        Map<String, String> configuration = request.texts("configuration");
        PluginModule loaded = loaded();
        masker.configuration(configuration.values());
        return inPlugin(loaded, Kind.CONFIGURATION, () -> {
            ProviderHolder.Held made = holder.create(configuration);
            Map<String, Object> result = new LinkedHashMap<>();
            result.put("ttl", made.ttl);
            result.put("allowsCreate", made.allowsCreate);
            result.put("allowsUpdate", made.allowsUpdate);
            result.put("allowsDelete", made.allowsDelete);
            return result;
        });
    }

    private Map<String, ?> call(Request request) throws HostException {
        PluginModule loaded = loaded();
        SecretProvider provider = inPlugin(loaded, Kind.CONFIGURATION, () -> holder.provider());
        Key id = request.method.equals("createSecret") ? null : new Key(request.text("providerKey"));
        return inPlugin(loaded, Kind.PLUGIN, () -> {
            switch (request.method) {
                case "createSecret":
                    return Map.of("providerKey", providerKey(provider.createSecret(seen(request.text("value")))));
                case "updateSecret":
                    return Collections.singletonMap("version", provider.updateSecret(id, seen(request.text("value"))));
                case "deleteSecret":
                    return Map.of("deleted", provider.deleteSecret(id));
                case "getSecret":
                    return secret(provider.getSecret(id));
                case "getSecretVersion":
                    return Collections.singletonMap("version", provider.getSecretVersion(id));
                default:
                    Instant at = provider.secretLastUpdated(id);
                    return Collections.singletonMap("at", at == null ? null : at.toString());
            }
        });
    }

    private PluginModule loaded() throws HostException {
        PluginModule loaded = module;
        if (loaded == null || holder == null) {
            throw new HostException(Kind.PROTOCOL, "No module was loaded yet.");
        }
        return loaded;
    }

    private static String providerKey(SecretIdentifier id) throws HostException {
        String key = required(required(id, "createSecret", "identifier").getProviderKey(), "createSecret", "provider key");
        if (key.isEmpty()) {
            throw wrongAnswer("createSecret returned an empty provider key.");
        }
        return key;
    }

    private Map<String, ?> secret(Secret secret) throws HostException {
        String value = required(required(secret, "getSecret", "secret").getValue(), "getSecret", "value");
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("value", seen(value));
        result.put("ttl", Math.max(0, secret.getTtl()));
        return result;
    }

    private String seen(String value) {
        masker.seen(value);
        return value;
    }

    private static <T> T required(T answer, String method, String what) throws HostException {
        if (answer == null) {
            throw wrongAnswer(method + " returned no " + what + " (null).");
        }
        return answer;
    }

    private static HostException wrongAnswer(String what) {
        return new HostException(Kind.PLUGIN, "The plugin's " + what, "WrongAnswer", null);
    }

    private interface PluginCode<T> {
        T run() throws Throwable;
    }

    private <T> T inPlugin(PluginModule loaded, Kind otherwise, PluginCode<T> code) throws HostException {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(loaded.loader);
        try {
            return code.run();
        } catch (HostException e) {
            throw e;
        } catch (Throwable e) {
            throw Failure.of(e, otherwise, mask);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    /** What a plugin is given for a stored key. */
    private static final class Key implements SecretIdentifier {
        private final String providerKey;

        Key(String providerKey) {
            this.providerKey = providerKey;
        }

        @Override
        public String getProviderKey() {
            return providerKey;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Key && ((Key) other).providerKey.equals(providerKey);
        }

        @Override
        public int hashCode() {
            return providerKey.hashCode();
        }

        @Override
        public String toString() {
            return providerKey; // Plugins put it into paths.
        }
    }
}
