package com.algorithmia.contracttests;

import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.gson.JsonObject;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.function.Executable;

/** Error replies, expected. */
final class Refusals {
    private Refusals() {}

    static HostProcess.Refused refused(CompletableFuture<JsonObject> answer) {
        return refused(() -> HostProcess.await(answer));
    }

    static HostProcess.Refused refused(Executable call) {
        return assertThrows(HostProcess.Refused.class, call);
    }
}
