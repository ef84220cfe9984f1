package com.algorithmia.sdk.plugin.secrets;

/** A value and how long it may be used. */
public class SimpleSecret implements Secret {
    private final String value;
    private final int ttl;

    /**
     * A value that does not expire.
     *
     * @param value the value
     */
    public SimpleSecret(String value) {
        this(value, 0);
    }

    /**
     * A value that is to be asked for again.
     *
     * @param value the value
     * @param ttl seconds, 0 = does not expire
     */
    public SimpleSecret(String value, int ttl) {
        this.value = value;
        this.ttl = ttl;
    }

    @Override
    public String getValue() {
        return value;
    }

    @Override
    public int getTtl() {
        return ttl;
    }
}
