package com.algorithmia.pluginhost;

/** A request cannot be answered; what the error reply says. The message holds no values: {@link Failure} masks what plugins say. */
final class HostException extends Exception {
    private static final long serialVersionUID = 1L;

    final Kind kind;
    /** Class name of the Throwable behind it, or a name of ours; null if neither. */
    final String type;
    /** Stack frames without messages; null if they would tell nothing. */
    final String trace;

    HostException(Kind kind, String message) {
        this(kind, message, null, null);
    }

    HostException(Kind kind, String message, String type, String trace) {
        // No stack trace of its own: it is an answer, not a fault of the host.
        super(message, null, false, false);
        this.kind = kind;
        this.type = type;
        this.trace = trace;
    }

    static HostException tooLarge(String what) {
        return new HostException(Kind.PLUGIN, what + " is longer than a message may be (4 MiB).", "MessageTooLarge", null);
    }
}
