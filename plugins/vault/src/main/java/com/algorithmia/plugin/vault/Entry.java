package com.algorithmia.plugin.vault;

import io.github.jopenlibs.vault.json.JsonObject;
import io.github.jopenlibs.vault.json.JsonValue;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.Map;

/** One secret as it is in Vault. */
final class Entry {
    static final String VALUE = "value";
    static final String VERSION = "version";
    static final String UPDATE_TIME = "update_time";

    /** How an entry lies in its mount. */
    enum Layout {
        /** KV version 2. */
        VERSIONED,
        /** KV version 1, its fields at the path itself. */
        PLAIN,
        /** KV version 1 as the original plugin left it, which spoke version 2 to it: at mount/data/rest, the fields in an object "data". */
        NESTED
    }

    final Layout layout;
    /** Mount, folder and key, without the words that KV version 2 puts in. */
    final VaultPath path;
    final int mountDepth;
    /** Null if the newest version is deleted while older ones are kept. */
    private final JsonObject fields;
    /** Of KV version 2, else 0. */
    final long kvVersion;
    /** Of KV version 2, else empty. */
    private final String createdTime;

    private Entry(Layout layout, VaultPath path, int mountDepth, JsonObject fields, long kvVersion, String createdTime) {
        this.layout = layout;
        this.path = path;
        this.mountDepth = mountDepth;
        this.fields = fields;
        this.kvVersion = kvVersion;
        this.createdTime = createdTime;
    }

    static Entry versioned(VaultPath path, int mountDepth, JsonObject fields, JsonObject metadata) {
        return new Entry(Layout.VERSIONED, path, mountDepth, fields, metadata.getLong("version", 0), metadata.getString("created_time",
                ""));
    }

    static Entry unversioned(Layout layout, VaultPath path, int mountDepth, JsonObject fields) {
        return new Entry(layout, path, mountDepth, fields, 0, "");
    }

    boolean isDeleted() {
        return fields == null;
    }

    /** The field "value". An entry made by hand may have a number or true there. */
    String value() {
        JsonValue value = fields.get(VALUE);
        if (value != null && value.isString()) return value.asString();
        if (value != null && (value.isNumber() || value.isBoolean())) return value.toString();
        throw new VaultProblem("The entry " + path + " has no text in the field \"" + VALUE + "\". Put the secret into that field.");
    }

    /**
     * The field "version". Of an entry made by hand, KV version 2's own number and time, which change with each write and tell nothing of
     * the value;
     * KV version 1 has nothing of the kind: null.
     */
    String version() {
        String written = text(VERSION);
        if (written != null) return layout == Layout.VERSIONED ? EntryVersion.present(written, kvVersion) : written;
        return layout == Layout.VERSIONED ? "kv-" + kvVersion + "-" + createdTime : null;
    }

    /** The field "update_time", or when KV version 2 wrote it; null if neither is known. */
    Instant lastUpdated() {
        String written = text(VERSION);
        boolean editedSince = written != null && layout == Layout.VERSIONED && EntryVersion.editedSince(written, kvVersion);
        String millis = text(UPDATE_TIME);
        if (millis != null && !editedSince && millis.matches("\\d{1,15}")) return Instant.ofEpochMilli(Long.parseLong(millis));
        try {
            return createdTime.isEmpty() ? null : Instant.parse(createdTime);
        } catch (DateTimeParseException e) {
            return null;
        }
    }

    /** The fields with a new value; what else a person put beside it stays. */
    Map<String, Object> withValue(String value, String version) {
        Map<String, Object> all = new LinkedHashMap<>();
        for (JsonObject.Member member : fields) all.put(member.getName(), member.getValue());
        all.putAll(fields(value, version));
        return all;
    }

    static Map<String, Object> fields(String value, String version) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put(VALUE, value);
        fields.put(VERSION, version);
        fields.put(UPDATE_TIME, String.valueOf(System.currentTimeMillis()));
        return fields;
    }

    private String text(String name) {
        JsonValue value = fields.get(name);
        if (value == null || value.isNull()) return null;
        String text = value.isString() ? value.asString() : value.toString();
        return text.isEmpty() ? null : text;
    }
}
