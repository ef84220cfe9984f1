package com.algorithmia.plugin.vault;

import com.algorithmia.plugin.vault.Entry.Layout;
import com.algorithmia.plugin.vault.Mounts.Mount;
import com.algorithmia.sdk.plugin.secrets.SecretNotFoundException;
import io.github.jopenlibs.vault.json.Json;
import io.github.jopenlibs.vault.json.JsonObject;
import io.github.jopenlibs.vault.json.JsonValue;
import java.util.Map;

/** Entries below the secret path, in whichever layout they are. */
final class KvStore {
    private final VaultApi api;
    private final VaultSettings settings;
    private final Refusals refusals;
    private final Mounts mounts;

    KvStore(VaultApi api, VaultSettings settings) {
        this.api = api;
        this.settings = settings;
        this.refusals = new Refusals(api, settings);
        this.mounts = new Mounts(api, settings, refusals);
    }

    /**
     * Reads an entry; its newest version may be deleted.
     *
     * @param key below the secret path, or with it
     * @throws SecretNotFoundException if the server said so of the entry, and then that the mount is there and readable
     */
    Entry find(String key) throws SecretNotFoundException {
        VaultPath path = path(key);
        Mount mount = mounts.current();
        Entry entry = look(mount, path);
        if (entry == null) {
            // The mount may have been upgraded to version 2, removed, or mounted anew since it was asked for.
            Mount now = mounts.ask();
            if (!now.is(mount)) entry = look(now, path);
        }
        if (entry == null) throw new SecretNotFoundException(refusals.server() + " has no entry " + path + ".");
        return entry;
    }

    /** Writes a new entry, which must not exist. */
    void create(String key, String value) {
        VaultPath path = path(key);
        Mount mount = mounts.current();
        Answer answer = write(mount, path, value);
        if (answer.status == 404) {
            // Nothing was stored: the mount has changed since it was asked for, or is gone, which asking tells.
            Mount now = mounts.ask();
            if (!now.is(mount)) answer = write(now, path, value);
        }
        if (!answer.ok()) throw refusals.of(answer, Capability.CREATE, literal(mounts.current(), path));
        if (mounts.current().version == 2 && answer.object("data") == null) {
            // Version 1 took it as an entry at that very path, and says no more than that.
            api.delete(literal(mounts.current(), path));
            throw refusals.wrongKvVersion(1);
        }
    }

    private Answer write(Mount mount, VaultPath path, String value) {
        if (mount.version == 2) return api.writeVersioned(path, mount.depth, Entry.fields(value, EntryVersion.mint(1)), 0);
        return api.write(path, Entry.fields(value, EntryVersion.mint(0)));
    }

    /** Replaces the value, in the entry's layout. @return the new version */
    String update(Entry entry, String value) {
        String version = EntryVersion.mint(entry.layout == Layout.VERSIONED ? entry.kvVersion + 1 : 0);
        Map<String, Object> fields = entry.withValue(value, version);
        Answer answer;
        switch (entry.layout) {
            case VERSIONED:
                answer = api.writeVersioned(entry.path, entry.mountDepth, fields, entry.kvVersion);
                break;
            case NESTED:
                answer = api.write(nested(entry), Map.of("data", object(fields)));
                break;
            default:
                answer = api.write(entry.path, fields);
        }
        if (!answer.ok()) throw refusals.of(answer, Capability.UPDATE, literal(entry));
        return version;
    }

    /** Removes the entry with all its versions. */
    void delete(Entry entry) {
        if (entry.layout == Layout.VERSIONED) {
            Answer answer = api.deleteVersioned(entry.path, entry.mountDepth);
            if (!answer.ok()) throw refusals.of(answer, Capability.DELETE, entry.path.with("metadata", entry.mountDepth));
        } else {
            Answer answer = api.delete(literal(entry));
            if (!answer.ok()) throw refusals.of(answer, Capability.DELETE, literal(entry));
        }
    }

    /** Null if the server says that there is none. */
    private Entry look(Mount mount, VaultPath path) {
        if (mount.version == 2) {
            Answer answer = api.readVersioned(path, mount.depth);
            JsonObject data = answer.object("data");
            JsonObject metadata = data == null ? null : Answer.object(data, "metadata");
            // A deleted version is answered with status 404 and its metadata.
            if (metadata != null && (answer.status == 200 || answer.status == 404))
                return Entry.versioned(path, mount.depth, Answer.object(data, "data"), metadata);
            if (answer.ok()) throw refusals.wrongKvVersion(1);
            return absent(answer, path.with("data", mount.depth));
        }
        Answer plain = api.read(path);
        if (plain.ok() && plain.object("data") != null) return Entry.unversioned(Layout.PLAIN, path, mount.depth, plain.object("data"));
        if (plain.status != 403) absent(plain, path);
        VaultPath nestedPath = path.with("data", mount.depth);
        Answer nested = api.read(nestedPath);
        JsonObject data = nested.ok() && nested.object("data") != null ? Answer.object(nested.object("data"), "data") : null;
        if (data != null) return Entry.unversioned(Layout.NESTED, path, mount.depth, data);
        // If either cannot be read, nobody knows that it is not there.
        if (plain.status == 403) throw refusals.of(plain, Capability.READ, path);
        return absent(nested, nestedPath);
    }

    /** Null for Vault's own "not there", which has no error texts; else the problem is thrown. */
    private Entry absent(Answer answer, VaultPath literal) {
        if (answer.status == 404 && answer.isVaults() && answer.errors().isEmpty()) return null;
        throw refusals.of(answer, Capability.READ, literal);
    }

    private VaultPath path(String key) {
        VaultPath path = key == null ? null : VaultPath.parse(key);
        if (path == null) throw new VaultProblem("\"" + Text.bounded(String.valueOf(key)) + "\" is no key of an entry below "
                + settings.secretPath + ".");
        return path.startsWith(settings.secretPath) ? path : settings.secretPath.plus(path);
    }

    /** As policies name it. */
    private static VaultPath literal(Mount mount, VaultPath path) {
        return mount.version == 2 ? path.with("data", mount.depth) : path;
    }

    private static VaultPath literal(Entry entry) {
        return entry.layout == Layout.PLAIN ? entry.path : nested(entry);
    }

    private static VaultPath nested(Entry entry) {
        return entry.path.with("data", entry.mountDepth);
    }

    private static JsonObject object(Map<String, Object> fields) {
        JsonObject object = Json.object();
        fields.forEach((name, value) -> object.add(name, value instanceof JsonValue ? (JsonValue) value
                : Json.value(String.valueOf(value))));
        return object;
    }
}
