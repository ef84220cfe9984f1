package com.algorithmia.pluginhost;

import com.algorithmia.sdk.plugin.secrets.SecretProvider;
import com.algorithmia.sdk.plugin.secrets.SecretProviderFactory;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/** The provider in use, and the making of the next one when its time has passed. */
final class ProviderHolder {
    private final SecretProviderFactory factory;
    private final AtomicReference<Held> current = new AtomicReference<>();
    private final AtomicReference<FutureTask<Held>> renewal = new AtomicReference<>();

    ProviderHolder(SecretProviderFactory factory) {
        this.factory = factory;
    }

    /** Replaces the provider; the one before stays if the factory throws. */
    Held create(Map<String, String> configuration) throws HostException {
        Held made = make(configuration);
        current.set(made);
        return made;
    }

    /** The provider to call now. Throws what the factory threw, if a new one was due. */
    SecretProvider provider() throws Throwable {
        Held held = current.get();
        if (held == null) {
            throw new HostException(Kind.PROTOCOL, "No provider was created yet.");
        }
        return (held.expired() ? renewed(held) : held).provider;
    }

    /** However many calls wait for it, the factory is asked once; they share its failure, and the call after them asks again. */
    private Held renewed(Held old) throws Throwable {
        FutureTask<Held> task = new FutureTask<>(() -> {
            if (current.get() == old) {
                current.compareAndSet(old, make(old.configuration));
            }
            return current.get(); // A new configuration may have come meanwhile.
        });
        FutureTask<Held> running = renewal.compareAndExchange(null, task);
        if (running == null) {
            running = task;
            task.run();
            renewal.set(null);
        }
        try {
            return running.get();
        } catch (ExecutionException e) {
            throw e.getCause();
        }
    }

    private Held make(Map<String, String> configuration) throws HostException {
        // A copy each time: a plugin may take things out of it.
        SecretProvider provider = factory.create(new HashMap<>(configuration));
        if (provider == null) {
            throw new HostException(Kind.CONFIGURATION,
                    "The factory " + factory.getClass().getName() + " returned no provider (null).");
        }
        return new Held(provider, configuration);
    }

    /** A provider and what it said of itself when it was new. */
    static final class Held {
        final SecretProvider provider;
        final int ttl;
        final boolean allowsCreate;
        final boolean allowsUpdate;
        final boolean allowsDelete;
        private final Map<String, String> configuration;
        private final long madeNanos = System.nanoTime();

        Held(SecretProvider provider, Map<String, String> configuration) {
            this.provider = provider;
            this.configuration = configuration;
            ttl = Math.max(0, provider.getTtl());
            allowsCreate = provider.allowsCreate();
            allowsUpdate = provider.allowsUpdate();
            allowsDelete = provider.allowsDelete();
        }

        boolean expired() {
            return ttl > 0 && System.nanoTime() - madeNanos >= TimeUnit.SECONDS.toNanos(ttl);
        }
    }
}
