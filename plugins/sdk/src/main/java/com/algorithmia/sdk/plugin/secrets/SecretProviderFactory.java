package com.algorithmia.sdk.plugin.secrets;

import java.util.Map;

/**
 * Where a plugin begins: makes providers from the configuration that an administrator entered.
 *
 * <p>The implementing class is public, not abstract, and has a public constructor without arguments. Its full name is what the
 * administrator gives as "Provider factory classname". It is instantiated once in a process.
 */
public interface SecretProviderFactory {
    /**
     * Makes a provider. Called at the start, when the configuration was changed, and again whenever the last provider's
     * {@link SecretProvider#getTtl()} has passed.
     *
     * <p>Check the configuration here, and throw an {@link IllegalArgumentException} that names the key and says what it should be;
     * the administrator reads that message. Do not put values into it. Return quickly: a back end that is away should fail the
     * calls that need it, not this one.
     *
     * @param config the key-value pairs, decrypted; never null, a copy of your own
     * @return a provider, never null; it is called by several threads at the same time
     */
    SecretProvider create(Map<String, String> config);
}
