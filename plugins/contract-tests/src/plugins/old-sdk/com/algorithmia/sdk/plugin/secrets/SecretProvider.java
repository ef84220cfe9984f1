package com.algorithmia.sdk.plugin.secrets;

import java.time.Instant;

/** As in an SDK before 1.0: an update answers an identifier. In the JAR too, and not loaded from it. */
public interface SecretProvider {
    Secret getSecret(SecretIdentifier id) throws SecretNotFoundException;

    String getSecretVersion(SecretIdentifier id) throws SecretNotFoundException;

    SecretIdentifier createSecret(String value);

    SecretIdentifier updateSecret(SecretIdentifier id, String value) throws SecretNotFoundException;

    boolean deleteSecret(SecretIdentifier id) throws SecretNotFoundException;

    Instant secretLastUpdated(SecretIdentifier id);

    int getTtl();

    boolean allowsCreate();

    boolean allowsUpdate();

    boolean allowsDelete();
}
