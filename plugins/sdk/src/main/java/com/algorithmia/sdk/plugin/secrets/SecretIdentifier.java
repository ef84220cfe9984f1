package com.algorithmia.sdk.plugin.secrets;

/**
 * How a provider finds a secret again. What a plugin is given is made by the host from the stored key: it is not the object that
 * {@link SecretProvider#createSecret} returned, so do not cast it.
 */
public interface SecretIdentifier {
    /**
     * The key in this provider's back end.
     *
     * @return not null, not empty; it is kept in the database and may be shown, so it holds no part of the value
     */
    String getProviderKey();
}
