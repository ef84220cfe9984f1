package com.algorithmia.pluginhost;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class MaskerTest {
    private final Masker masker = new Masker();

    @Test
    @DisplayName("short values are masked as words only, empty and blank ones never")
    void shortValues() {
        masker.configuration(List.of("kv", "1", "", " ", "$1"));
        assertEquals("mount •••/ of kvothe, try ••• of 10, •••", masker.mask("mount kv/ of kvothe, try 1 of 10, $1", List.of()));
    }

    @Test
    @DisplayName("a value inside a longer one leaves none of the longer one behind")
    void longestFirst() {
        masker.configuration(List.of("pass", "password-of-pass"));
        assertEquals("is •••!", masker.mask("is password-of-pass!", List.of()));
    }

    @Test
    @DisplayName("the latest values are remembered, within bounds")
    void latest() {
        masker.seen("the first value");
        for (int i = 0; i < 255; i++) {
            masker.seen("value number " + i);
        }
        assertEquals("••• ••• •••", masker.mask("the first value value number 0 value number 254", List.of()));
        masker.seen("one more");
        assertEquals("the first value •••", masker.mask("the first value value number 0", List.of()));
        masker.seen("x".repeat(2_000_000));
        assertEquals("••• one more", masker.mask("under way one more", List.of("under way")));
    }
}
