package com.example.faulty;

import com.algorithmia.sdk.plugin.secrets.Secret;
import com.algorithmia.sdk.plugin.secrets.SecretIdentifier;
import com.algorithmia.sdk.plugin.secrets.SecretNotFoundException;
import com.algorithmia.sdk.plugin.secrets.SecretProvider;
import com.algorithmia.sdk.plugin.secrets.SimpleSecret;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

/** Right but for its fault; each `is("…")` is one, and the name of it says what is wrong. */
final class FaultyProvider implements SecretProvider {
    private static final AtomicInteger COUNT = new AtomicInteger();

    private final String fault;
    private final Shelf shelf;
    private final int number = COUNT.getAndIncrement();
    private volatile String current;
    private volatile String latest;

    FaultyProvider(Path folder, String fault) {
        this.fault = fault;
        this.shelf = is("keeps-in-object") || is("keeps-in-process") ? new Shelf(is("keeps-in-process")) : new Shelf(folder);
    }

    @Override
    public SecretIdentifier createSecret(String value) {
        String key = UUID.randomUUID().toString();
        if (!is("create-forgets")) {
            put(key, value);
        }
        latest = key;
        return () -> is("key-unstable") ? UUID.randomUUID().toString() : key;
    }

    @Override
    public String updateSecret(SecretIdentifier id, String value) throws SecretNotFoundException {
        String key = id.getProviderKey();
        if (is("exits-in-update")) {
            Runtime.getRuntime().halt(7);
        }
        if (shelf.get(key) == null && !is("update-creates")) {
            throw new SecretNotFoundException("There is no such entry" + (is("value-in-errors") ? " to replace with " + value : "."));
        }
        if (is("update-forgets")) {
            return UUID.randomUUID().toString();
        }
        String before = is("version-stays") ? shelf.get(key)[0] : null;
        if (is("update-touches-others")) {
            shelf.keys().forEach(other -> put(other, shelf.get(other)[2]));
        }
        String[] entry = put(key, value);
        if (before != null) {
            entry[0] = before;
            shelf.put(key, entry);
        }
        return entry[0];
    }

    @Override
    public boolean deleteSecret(SecretIdentifier id) throws SecretNotFoundException {
        String key = id.getProviderKey();
        String[] entry = shelf.get(key);
        if (is("delete-keeps")) {
            if (entry == null || entry[1].isEmpty()) {
                return false;
            }
            entry[1] = "";
            shelf.put(key, entry);
            return true;
        }
        if (entry == null && is("delete-throws")) {
            throw new SecretNotFoundException("There is no such entry.");
        }
        boolean isGone = shelf.remove(key);
        return isGone || is("delete-always-true");
    }

    @Override
    public Secret getSecret(SecretIdentifier id) throws SecretNotFoundException {
        if (is("hangs-in-get")) {
            while (true) {
                pause(60_000);
            }
        }
        if (is("slow")) {
            pause(250);
        }
        if (is("null-for-unknown") && shelf.get(id.getProviderKey()) == null) {
            return null;
        }
        current = is("reads-latest") && latest != null && shelf.get(latest) != null ? latest : id.getProviderKey();
        if (is("key-in-field")) {
            pause(5);
            return new SimpleSecret(find(current)[2]);
        }
        String value = find(is("reads-latest") ? current : id.getProviderKey())[2];
        if (is("value-cut")) {
            value = value.substring(0, Math.min(value.length(), 4_000));
        }
        if (is("value-trimmed")) {
            value = value.trim();
        }
        if (is("value-one-line")) {
            value = value.replaceAll("(?<=[A-Za-z=-])\n(?=[A-Za-z-])", " ");
        }
        if (is("value-ascii")) {
            value = new String(value.getBytes(StandardCharsets.US_ASCII), StandardCharsets.US_ASCII);
        }
        if (is("value-unescaped")) {
            value = value.replace("\\n", "\n");
        }
        if (is("value-without-controls")) {
            value = value.replaceAll("[\u0001-\u0008]", "");
        }
        return new SimpleSecret(value);
    }

    @Override
    public String getSecretVersion(SecretIdentifier id) throws SecretNotFoundException {
        String version = find(id.getProviderKey())[0];
        return is("version-null") ? null : is("version-wanders") ? UUID.randomUUID().toString() : version;
    }

    @Override
    public Instant secretLastUpdated(SecretIdentifier id) throws SecretNotFoundException {
        if (is("exits-once") && shelf.mark()) {
            Runtime.getRuntime().halt(7); // In a read, which is made once more in a new process.
        }
        Instant at = Instant.parse(find(id.getProviderKey())[1]);
        return is("time-in-seconds") ? Instant.ofEpochMilli(at.getEpochSecond()) : at;
    }

    @Override
    public int getTtl() {
        return is("ttl-too-short") ? 1 : 0;
    }

    @Override
    public boolean allowsCreate() {
        return true;
    }

    @Override
    public boolean allowsUpdate() {
        return !is("allows-less-later") || number == 0;
    }

    @Override
    public boolean allowsDelete() {
        return true;
    }

    private boolean is(String what) {
        return fault.equals(what);
    }

    private String[] put(String key, String value) {
        String version = is("version-is-hash") ? String.format(Locale.ROOT, "v-%08x", value.hashCode() * 31) : UUID.randomUUID().toString();
        String[] entry = {version, Instant.now().toString(), value};
        shelf.put(key, entry);
        return entry;
    }

    private String[] find(String key) throws SecretNotFoundException {
        String[] entry = shelf.get(key);
        if (entry == null && is("other-error-for-unknown")) {
            throw new IllegalStateException("No entry of that key.");
        }
        if (entry == null) {
            throw new SecretNotFoundException("There is no such entry.");
        }
        return entry;
    }

    private static void pause(int millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            // Goes on: it is wrong in that, too.
        }
    }
}
