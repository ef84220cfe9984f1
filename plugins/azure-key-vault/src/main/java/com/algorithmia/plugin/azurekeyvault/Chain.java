package com.algorithmia.plugin.azurekeyvault;

import java.util.ArrayList;
import java.util.List;

/** An exception and its causes, those of a failed sign-in too. */
final class Chain {
    private static final int DEEPEST = 20;

    private Chain() {}

    static List<Throwable> of(Throwable failure) {
        List<Throwable> chain = new ArrayList<>();
        Throwable cause = failure;
        while (cause != null && chain.size() < DEEPEST) {
            chain.add(cause);
            cause = cause instanceof SignIn.Failure ? ((SignIn.Failure) cause).reason : cause.getCause();
        }
        return chain;
    }

    /** The first of that type, or null. */
    static <T extends Throwable> T find(Throwable failure, Class<T> type) {
        for (Throwable cause : of(failure)) if (type.isInstance(cause)) return type.cast(cause);
        return null;
    }
}
