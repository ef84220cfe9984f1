package com.algorithmia.sdk.plugin.secrets;

/** A secret's value. {@link SimpleSecret} serves most plugins. */
public interface Secret {
    /**
     * The value, as it was stored.
     *
     * @return not null
     */
    String getValue();

    /**
     * How long the value may be used before it is asked for again.
     *
     * @return seconds, 0 = does not expire
     */
    int getTtl();
}
