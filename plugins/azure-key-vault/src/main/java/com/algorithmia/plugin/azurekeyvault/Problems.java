package com.algorithmia.plugin.azurekeyvault;

import com.azure.core.exception.HttpResponseException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;

/** Makes of the SDK's exceptions what the administrator should know. The SDK's own texts are not passed on: they hold whole answers. */
final class Problems {
    private static final Pattern LOGIN_CODE = Pattern.compile("AADSTS(\\d+)");

    private final String vaultUrl;

    Problems(String vaultUrl) {
        this.vaultUrl = vaultUrl;
    }

    /** Such as "The Key Vault https://my-vault.vault.azure.net". */
    String vault() {
        return "The Key Vault " + vaultUrl;
    }

    /** Whether the vault itself said of this secret that there is none; a 404 of anything else is no proof. */
    boolean saysNotFound(Throwable failure) {
        HttpResponseException answer = Chain.find(failure, HttpResponseException.class);
        return answer != null && VaultAnswer.of(answer).status == 404 && VaultAnswer.of(answer).has("SecretNotFound");
    }

    /**
     * @param permission what the call needs: get, set or delete
     * @param name the secret's
     */
    KeyVaultProblem of(Throwable failure, String permission, String name) {
        if (failure instanceof KeyVaultProblem) return (KeyVaultProblem) failure;
        if (Chain.find(failure, InterruptedException.class) != null) {
            Thread.currentThread().interrupt();
            return new KeyVaultProblem("The call was given up while waiting for Azure.");
        }
        String login = loginCode(failure);
        if (login != null) return new KeyVaultProblem(login(login));
        HttpResponseException answer = Chain.find(failure, HttpResponseException.class);
        if (answer != null && answer.getResponse() != null) return new KeyVaultProblem(refused(VaultAnswer.of(answer), permission, name));
        return new KeyVaultProblem(network(failure));
    }

    /** Of the wait for a deletion, which is under way. */
    KeyVaultProblem unfinished(Throwable failure, String name) {
        boolean interrupted = Chain.find(failure, InterruptedException.class) != null;
        if (interrupted || Chain.find(failure, TimeoutException.class) == null) return of(failure, "get", name);
        return new KeyVaultProblem("Azure took the deletion of " + name
                + " and has not finished it. It is not to be read any more; look below \"Manage deleted secrets\".");
    }

    private String login(String code) {
        switch (code) {
            case "7000215":
                return "Azure refuses the client secret: it is wrong. Put the secret's value (not its ID) into client_secret."
                        + " (AADSTS7000215)";
            case "7000222":
                return "The client secret has expired. Make a new one for the application in Microsoft Entra and put it into"
                        + " client_secret. (AADSTS7000222)";
            case "700016":
                return "The tenant has no application with this client_id. Check client_id and tenant_id. (AADSTS700016)";
            case "90002":
                return "There is no tenant with this tenant_id in this cloud. Check tenant_id and, outside of Azure's public cloud, the"
                        + " provider's Azure authority. (AADSTS90002)";
            case "900023":
                return "tenant_id is neither a UUID nor a domain name of a tenant. (AADSTS900023)";
            case "53003":
                return "A conditional access policy of the tenant forbids the application to sign in from here. (AADSTS53003)";
            default:
                return "Azure refuses the sign-in with code AADSTS" + code
                        + ". Look the code up at https://login.microsoftonline.com/error, and check client_id, client_secret and"
                        + " tenant_id.";
        }
    }

    private String refused(VaultAnswer answer, String permission, String name) {
        if (answer.has("SecretDisabled"))
            return "The secret " + name
                    + " is disabled in Azure. Enable it there, or update it here, which makes a new version.";
        if (answer.has("ForbiddenByFirewall") || answer.has("ForbiddenByConnection"))
            return vault() + "'s firewall does not let requests from here through. Add this machine's address, or its network, to the"
                    + " vault's Networking settings.";
        if (answer.has("ForbiddenByRbac"))
            return "The application may not " + permission + " secrets in " + vault()
                    + ". Assign it the role \"Key Vault Secrets Officer\" on the vault (\"Key Vault Secrets User\" where values are only"
                    + " read); that takes some minutes to work.";
        if (answer.status == 403)
            return "The application lacks the secret permission \"" + permission + "\" in " + vault()
                    + ". Add it to the vault's access policy (Get, Set and Delete are needed), or assign the role \"Key Vault Secrets"
                    + " Officer\" where the vault uses roles.";
        if (answer.status == 401)
            return vault() + " does not take the application's token. It belongs to another tenant than tenant_id, or to another cloud"
                    + " than the sign-in.";
        if (answer.has("ObjectIsDeletedButRecoverable"))
            return "The secret " + name
                    + " was deleted in Azure and its name is kept until it is purged. Recover it there, below \"Manage deleted secrets\".";
        if (answer.has("ObjectIsBeingDeleted") || answer.has("ObjectIsBeingRecovered"))
            return "Azure is still deleting or recovering the secret " + name + ". Try again in a minute.";
        if (answer.status == 429) return vault() + " takes no more requests for now (throttled, status 429). Try again later.";
        if (answer.has("ParameterTooLarge") || answer.status == 413)
            return vault()
                    + " refuses the value for its size; it takes at most 25 KB.";
        if (answer.status >= 500) return vault() + " failed with status " + answer.status + ". See Azure's status page; try again later.";
        if (answer.code.isEmpty())
            return "What answers at " + vaultUrl + " is no Key Vault: status " + answer.status
                    + " without its error code. Check vault_url, and proxies between.";
        return vault() + " refused to " + permission + " the secret " + name + " with status " + answer.status + ", " + answer.code + ".";
    }

    private String network(Throwable failure) {
        boolean signingIn = Chain.find(failure, SignIn.Failure.class) != null;
        String host = signingIn ? "Azure's login host" : vault();
        String check = signingIn ? "the provider's Azure authority" : "vault_url";
        if (Chain.of(failure).stream().anyMatch(cause -> String.valueOf(cause.getMessage()).contains("challenge resource")))
            return "vault_url is not an address of a Key Vault in this cloud: the vault names another domain. It is like"
                    + " https://my-vault.vault.azure.net.";
        if (Chain.find(failure, UnresolvedAddressException.class) != null || Chain.find(failure, UnknownHostException.class) != null)
            return "The host name of " + lower(host) + " is not known from here. Check " + check
                    + ", the name server, and whether a proxy is to be set.";
        if (Chain.find(failure, HttpConnectTimeoutException.class) != null)
            return "No connection to " + lower(host)
                    + " in time. Check that firewalls let it through from here, or set the provider's proxy.";
        SSLException tls = Chain.find(failure, SSLException.class);
        if (tls != null)
            return "TLS with " + lower(host)
                    + " failed: its certificate is not trusted here, or not for that name. Behind an inspecting proxy, add that proxy's"
                    + " authority (PEM) to the provider's settings.";
        if (Chain.find(failure, HttpTimeoutException.class) != null || Chain.find(failure, TimeoutException.class) != null)
            return host + " did not answer in time. A write may have been done all the same.";
        if (Chain.find(failure, ConnectException.class) != null)
            return host + " is not reachable: nothing takes connections there. Check "
                    + check + " and the provider's proxy.";
        if (Chain.find(failure, IOException.class) != null)
            return host
                    + " ended the connection without an answer. A write may have been done all the same. Check the network and the provider's"
                + " proxy.";
        return host + " could not be used: " + failure.getClass().getSimpleName() + " in the Azure SDK.";
    }

    private static String loginCode(Throwable failure) {
        for (Throwable cause : Chain.of(failure)) {
            Matcher code = LOGIN_CODE.matcher(String.valueOf(cause.getMessage()));
            if (code.find()) return code.group(1);
        }
        return null;
    }

    private static String lower(String host) {
        return host.startsWith("The ") ? "the " + host.substring(4) : host;
    }
}
