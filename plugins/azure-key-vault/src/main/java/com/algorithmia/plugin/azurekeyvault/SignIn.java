package com.algorithmia.plugin.azurekeyvault;

import com.azure.core.credential.AccessToken;
import com.azure.core.credential.TokenCredential;
import com.azure.core.credential.TokenRequestContext;
import reactor.core.publisher.Mono;

/** A credential whose failures can be told from those of the vault. */
final class SignIn implements TokenCredential {
    private final TokenCredential credential;

    SignIn(TokenCredential credential) {
        this.credential = credential;
    }

    @Override
    public Mono<AccessToken> getToken(TokenRequestContext request) {
        return credential.getToken(request).onErrorMap(Failure::new);
    }

    @Override
    public AccessToken getTokenSync(TokenRequestContext request) {
        try {
            return credential.getTokenSync(request);
        } catch (RuntimeException e) {
            throw new Failure(e);
        }
    }

    /** No token was to be had. Not a cause in Java's sense: the SDK's retries look through causes for one that may pass. */
    static final class Failure extends RuntimeException {
        private static final long serialVersionUID = 1L;

        final Throwable reason;

        Failure(Throwable reason) {
            super("sign-in failed");
            this.reason = reason;
        }
    }
}
