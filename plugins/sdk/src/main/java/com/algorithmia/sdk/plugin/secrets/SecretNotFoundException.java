package com.algorithmia.sdk.plugin.secrets;

/** The back end answered that it has no such secret. */
public class SecretNotFoundException extends Exception {
    private static final long serialVersionUID = 1L;

    /**
     * @param message what was looked for and where, without any value
     */
    public SecretNotFoundException(String message) {
        super(message);
    }
}
