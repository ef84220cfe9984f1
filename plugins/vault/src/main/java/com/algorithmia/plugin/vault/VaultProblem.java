package com.algorithmia.plugin.vault;

/** Something that the administrator can set right; the message says what happened and what to do, with no token and no value in it. */
final class VaultProblem extends RuntimeException {
    private static final long serialVersionUID = 1L;

    VaultProblem(String message) {
        super(message);
    }
}
