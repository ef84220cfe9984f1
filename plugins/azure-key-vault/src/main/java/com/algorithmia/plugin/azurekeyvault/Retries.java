package com.algorithmia.plugin.azurekeyvault;

import com.azure.core.http.policy.ExponentialBackoff;
import com.azure.core.http.policy.RequestRetryCondition;
import java.time.Duration;

/**
 * Two more attempts at what may pass. A refused sign-in does not, nor does a call that the host gave up; the sign-in has attempts of its
 * own.
 */
final class Retries extends ExponentialBackoff {
    static final int MAX = 2;
    static final Duration BASE = Duration.ofMillis(500);
    static final Duration LONGEST = Duration.ofSeconds(5);

    Retries() {
        super(MAX, BASE, LONGEST);
    }

    @Override
    public boolean shouldRetryCondition(RequestRetryCondition condition) {
        Throwable failure = condition.getThrowable();
        return Chain.find(failure, SignIn.Failure.class) == null && Chain.find(failure, InterruptedException.class) == null
                && super.shouldRetryCondition(condition);
    }
}
