package com.algorithmia.plugin.vault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.UUID;
import org.junit.jupiter.api.Test;

class EntryVersionTest {
    @Test
    void aVersionIsARandomUuidThatStandsAsItIsForItsOwnWrite() {
        for (long kvVersion : new long[] {0, 1, 2, 5_000}) {
            String version = EntryVersion.mint(kvVersion);
            assertEquals(4, UUID.fromString(version).version());
            assertEquals(2, UUID.fromString(version).variant());
            assertEquals(version, EntryVersion.present(version, kvVersion));
            assertNotEquals(version, EntryVersion.mint(kvVersion));
        }
    }

    @Test
    void aLaterKvVersionShowsAndAnotherOneShowsDifferently() {
        String version = EntryVersion.mint(3);
        assertEquals(version + ".4", EntryVersion.present(version, 4));
        assertEquals(version + ".900", EntryVersion.present(version, 900));
    }

    @Test
    void versionsOfOthersStandAsTheyAre() {
        for (String other : new String[] {UUID.randomUUID().toString(), "1", "release-7", "a-b-c-d-e-f"}) {
            assertFalse(EntryVersion.editedSince(other, 50));
            assertEquals(other, EntryVersion.present(other, 50));
        }
    }
}
