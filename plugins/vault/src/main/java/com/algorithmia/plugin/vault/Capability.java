package com.algorithmia.plugin.vault;

import java.util.Locale;

/** What Vault's policies grant, as they spell it in lower case. */
enum Capability {
    READ,
    CREATE,
    UPDATE,
    DELETE;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
