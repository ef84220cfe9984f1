package com.algorithmia.plugin.vault;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.UUID;

/**
 * The random UUID in an entry's field "version", which also tells whether the entry is still as this plugin wrote it.
 *
 * <p>Who edits an entry in Vault's own pages changes the field "value" and leaves "version" as it was, so that the new value would never
 * be noticed. Hence the last
 * 32 bits of our UUIDs are a digest of the others and of the KV version that the write made (known beforehand, through check-and-set). If
 * an entry's KV
 * version is a later one than its UUID was made for, it was edited since. Other UUIDs, such as the original plugin's, match no number and
 * stand as they are.
 */
final class EntryVersion {
    /** How far back an edit is looked for. */
    private static final int LOOK_BACK = 1_000;

    private EntryVersion() {}

    /** A version for the write that makes KV version {@code kvVersion}; for KV version 1, 0. */
    static String mint(long kvVersion) {
        UUID random = UUID.randomUUID();
        long low = random.getLeastSignificantBits();
        return new UUID(random.getMostSignificantBits(), low & 0xffffffff00000000L | digest(random.getMostSignificantBits(), low >>> 32,
                kvVersion)).toString();
    }

    /** The written version; if the entry was edited since, with the KV version after it. */
    static String present(String written, long kvVersion) {
        return editedSince(written, kvVersion) ? written + "." + kvVersion : written;
    }

    static boolean editedSince(String written, long kvVersion) {
        UUID uuid;
        try {
            uuid = UUID.fromString(written);
        } catch (IllegalArgumentException e) {
            return false;
        }
        long high = uuid.getMostSignificantBits();
        long low = uuid.getLeastSignificantBits();
        for (long made = kvVersion; made > 0 && made > kvVersion - LOOK_BACK; made--) {
            if ((low & 0xffffffffL) == digest(high, low >>> 32, made)) return made != kvVersion;
        }
        return false;
    }

    private static long digest(long high, long low, long kvVersion) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(ByteBuffer.allocate(24).putLong(high).putLong(low).putLong(kvVersion).array());
            return ByteBuffer.wrap(hash).getInt() & 0xffffffffL;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
