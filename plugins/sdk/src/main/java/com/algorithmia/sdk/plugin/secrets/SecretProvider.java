package com.algorithmia.sdk.plugin.secrets;

import java.time.Instant;

/**
 * Keeps secrets in some back end. Called by several threads at the same time.
 *
 * <p>A method that fails throws an unchecked exception, whose message is shown to the administrator: say what happened and what to
 * do, and never put the value into it. {@link SecretNotFoundException} is for one case only: the back end itself answered that there is
 * no such secret. A wrong token, a missing mount or a back end that does not answer is not that case.
 *
 * <p>A call that takes too long is given up and its thread interrupted; give network clients time-outs of their own.
 */
public interface SecretProvider {
    /**
     * Reads a secret. Called on worker nodes, where algorithms run.
     *
     * @param id what {@link #createSecret} returned, or the key of an entry that was made by other means
     * @return the secret, never null, with a value that is not null
     * @throws SecretNotFoundException if the back end says that there is none
     */
    Secret getSecret(SecretIdentifier id) throws SecretNotFoundException;

    /**
     * Tells the present version of a secret, so that a caller sees whether it changed without reading the value. It changes with
     * every update, is stable otherwise, and tells nothing of the value (no hash of it either).
     *
     * <p>It is also asked right after every create and update, to see that the value really was stored: read from the back end, do not
     * answer from memory.
     *
     * @param id which secret
     * @return any text; null if the back end keeps no version of this entry
     * @throws SecretNotFoundException if the back end says that there is none
     */
    String getSecretVersion(SecretIdentifier id) throws SecretNotFoundException;

    /**
     * Stores a new secret. Not called unless {@link #allowsCreate()}, and never repeated on failure.
     *
     * @param value kept as it is, each character; never null
     * @return how this provider finds it again; not null, and neither null nor empty as a key
     */
    SecretIdentifier createSecret(String value);

    /**
     * Replaces a secret's value. Not called unless {@link #allowsUpdate()}, and never repeated on failure.
     *
     * @param id which secret
     * @param value the new value; never null
     * @return the new version, as {@link #getSecretVersion} answers it from now on
     * @throws SecretNotFoundException if the back end says that there is none; an update does not create
     */
    String updateSecret(SecretIdentifier id, String value) throws SecretNotFoundException;

    /**
     * Removes a secret. Not called unless {@link #allowsDelete()}.
     *
     * @param id which secret
     * @return true if it was there and is gone, false if it was not there
     * @throws SecretNotFoundException taken for false
     */
    boolean deleteSecret(SecretIdentifier id) throws SecretNotFoundException;

    /**
     * Tells when a secret was last changed.
     *
     * @param id which secret
     * @return a time in UTC; null if the back end does not know
     * @throws SecretNotFoundException if the back end says that there is none
     */
    Instant secretLastUpdated(SecretIdentifier id) throws SecretNotFoundException;

    /**
     * Tells how long this object may be used. After that the factory is asked for a new one; calls under way end on the old one.
     *
     * @return seconds, 0 = for ever
     */
    int getTtl();

    /**
     * Tells whether new secrets can be made here. If not, existing entries can be linked by their provider key.
     *
     * @return whether {@link #createSecret} works
     */
    boolean allowsCreate();

    /**
     * Tells whether values can be replaced here.
     *
     * @return whether {@link #updateSecret} works
     */
    boolean allowsUpdate();

    /**
     * Tells whether entries can be removed here. If not, removing a secret only forgets its provider key.
     *
     * @return whether {@link #deleteSecret} works
     */
    boolean allowsDelete();
}
