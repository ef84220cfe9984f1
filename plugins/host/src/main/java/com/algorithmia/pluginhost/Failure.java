package com.algorithmia.pluginhost;

import com.algorithmia.sdk.plugin.secrets.SecretNotFoundException;
import java.util.function.UnaryOperator;

/** Makes an answer of what a plugin threw. Everything of a Throwable may itself throw, be endless or hold a value. */
final class Failure {
    private static final int MAX_MESSAGE = 2_000;
    private static final int MAX_TRACE = 4_000;
    private static final int MAX_CAUSES = 8;
    private static final int MAX_TYPE = 200;
    /** Longer ones are not cut but left out: half a value at the cut would not be recognised. */
    private static final int MAX_SOURCE = 256 * 1024;

    private Failure() {}

    /** {@code otherwise} is the kind for what says nothing more by its type. */
    static HostException of(Throwable thrown, Kind otherwise, UnaryOperator<String> mask) {
        Kind kind = kind(thrown, otherwise);
        String message = cut(mask.apply(messages(thrown)), MAX_MESSAGE);
        String hint = hint(thrown, message);
        if (!hint.isEmpty()) {
            message = cut(message, MAX_MESSAGE - hint.length() - 1) + " " + hint;
        }
        return new HostException(kind, message, cut(thrown.getClass().getName(), MAX_TYPE), trace(thrown));
    }

    private static Kind kind(Throwable thrown, Kind otherwise) {
        if (thrown instanceof SecretNotFoundException) {
            return Kind.NOT_FOUND;
        }
        // An initialiser that threw is the plugin's fault, not one of fitting together.
        if (thrown instanceof LinkageError && !(thrown instanceof ExceptionInInitializerError)) {
            return Kind.LINK;
        }
        return otherwise;
    }

    private static String messages(Throwable thrown) {
        StringBuilder text = new StringBuilder();
        Throwable at = thrown;
        for (int i = 0; at != null && i < MAX_CAUSES; i++) {
            text.append(i == 0 ? "" : "; caused by ").append(simpleName(at));
            String message = message(at);
            if (!message.isBlank()) {
                text.append(": ").append(message);
            }
            at = cause(at);
        }
        return text.toString();
    }

    private static String message(Throwable thrown) {
        try {
            String message = thrown.getMessage();
            if (message == null) {
                return "";
            }
            return message.length() > MAX_SOURCE ? "(a message of " + message.length() + " characters)" : message.strip();
        } catch (Throwable second) {
            return "(its message cannot be read)";
        }
    }

    private static Throwable cause(Throwable thrown) {
        try {
            Throwable cause = thrown.getCause();
            return cause == thrown ? null : cause;
        } catch (Throwable second) {
            return null;
        }
    }

    private static String simpleName(Throwable thrown) {
        String name = thrown.getClass().getName();
        return cut(name.substring(name.lastIndexOf('.') + 1), MAX_TYPE);
    }

    private static String trace(Throwable thrown) {
        try {
            StringBuilder text = new StringBuilder();
            for (StackTraceElement frame : thrown.getStackTrace()) {
                if (text.length() > MAX_TRACE || frame.getClassName().equals(ProviderCalls.class.getName())) {
                    break; // What follows is the host.
                }
                text.append(text.length() == 0 ? "" : "\n").append(frame);
            }
            return text.length() == 0 ? null : cut(text.toString(), MAX_TRACE);
        } catch (Throwable second) {
            return null;
        }
    }

    /** What an administrator can do about failures that come from how a JAR was built. */
    private static String hint(Throwable thrown, String message) {
        if (thrown instanceof UnsupportedClassVersionError) {
            return "The module needs a later Java than " + System.getProperty("java.version")
                    + ", with which this host runs: install it, or have the module built for an earlier one.";
        }
        if (thrown instanceof AbstractMethodError || thrown instanceof NoSuchMethodError) {
            return "The module was built against other versions of what it uses than it finds here: against plugin-sdk 1.x, with"
                    + " all its libraries inside, it works.";
        }
        if (thrown instanceof NoClassDefFoundError) {
            return "A module must be a fat JAR, with all its libraries inside.";
        }
        if (message.contains("HttpClientProvider") || message.contains("default HttpClient provider")) {
            return "The JAR's META-INF/services was lost when its libraries were put together: its build must merge these files"
                    + " (maven-shade-plugin: ServicesResourceTransformer).";
        }
        return "";
    }

    private static String cut(String text, int max) {
        if (text.length() <= max) {
            return text;
        }
        int end = max - 1;
        // Not in the middle of a character outside the first plane.
        return text.substring(0, Character.isHighSurrogate(text.charAt(end - 1)) ? end - 1 : end) + "…";
    }
}
