package com.algorithmia.plugin.azurekeyvault;

/**
 * Something that the administrator can set right; the message says what happened and what to do, with no client secret, token or value in
 * it.
 */
final class KeyVaultProblem extends RuntimeException {
    private static final long serialVersionUID = 1L;

    KeyVaultProblem(String message) {
        super(message);
    }
}
