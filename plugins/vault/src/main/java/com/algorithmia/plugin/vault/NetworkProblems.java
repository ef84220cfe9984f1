package com.algorithmia.plugin.vault;

import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Locale;
import javax.net.ssl.SSLException;

/** No answer from the server: why, told from the chain of causes. */
final class NetworkProblems {
    private NetworkProblems() {}

    static VaultProblem of(Throwable failure, VaultSettings settings) {
        if (find(failure, InterruptedException.class) != null) Thread.currentThread().interrupt();
        return new VaultProblem(message(failure, settings));
    }

    private static String message(Throwable failure, VaultSettings settings) {
        String server = "Vault at " + settings.address;
        CarefulHttpClient.RedirectException redirect = find(failure, CarefulHttpClient.RedirectException.class);
        if (redirect != null)
            return server + " redirects to " + target(redirect.location) + ". It is not followed, since the token would go along. A standby"
                    + " names the active server so when it cannot hand requests to it: see that it runs. If it is to be used, put its"
                            + " address into "
                    + VaultSettings.ADDR + ".";
        if (find(failure, InterruptedException.class) != null) return "The call was given up while waiting for " + server + ".";
        if (find(failure, UnresolvedAddressException.class) != null || find(failure, UnknownHostException.class) != null)
            return "The host name in " + settings.address + " is not known from here. Check " + VaultSettings.ADDR
                    + " and the name server.";
        if (find(failure, HttpConnectTimeoutException.class) != null)
            return "No connection to " + server + " within " + seconds(settings.connectTimeout.toMillis()) + ". Check " + VaultSettings.ADDR
                    + ", and that firewalls let it through from here.";
        if (find(failure, HttpTimeoutException.class) != null)
            return server + " took the connection and did not answer within " + seconds(settings.answerTimeout.toMillis())
                    + ". A write may have been done all the same. Check the server's health and load.";
        SSLException tls = find(failure, SSLException.class);
        if (tls != null) return certificate(failure, String.valueOf(tls.getMessage()), server);
        if (find(failure, ConnectException.class) != null || find(failure, NoRouteToHostException.class) != null)
            return server + " is not reachable: no server takes connections there. Check " + VaultSettings.ADDR
                    + " and that the server runs.";
        return server + " ended the connection without an answer. A write may have been done all the same. Check the server's log, and "
                + "that " + VaultSettings.ADDR + " begins with https:// if the server speaks TLS.";
    }

    private static String certificate(Throwable failure, String message, String server) {
        if (find(failure, CertificateExpiredException.class) != null || find(failure, CertificateNotYetValidException.class) != null)
            return "The certificate of " + server + " is out of its time: expired, or not valid yet. Renew it, or set the clocks right.";
        if (find(failure, CertPathBuilderException.class) != null)
            return "The certificate of " + server
                    + " is signed by an authority that is not trusted here. Add that authority's certificate (PEM) to"
                    + " the provider's settings.";
        if (message.contains("No name matching") || message.contains("No subject alternative"))
            return "The certificate of " + server + " is for another name. Put a name that the certificate has into " + VaultSettings.ADDR
                    + ".";
        if (message.toLowerCase(Locale.ROOT).contains("unrecognized ssl message"))
            return server + " speaks no TLS. If it is to be without, " + VaultSettings.ADDR + " begins with http://.";
        if (message.contains("terminated the handshake"))
            return server + " ended the TLS handshake. If it speaks no TLS, " + VaultSettings.ADDR
                    + " begins with http://; certificates of clients are not supported.";
        return "TLS with " + server + " failed: " + Text.bounded(message) + ".";
    }

    /** Scheme, host and port alone: the rest may hold anything. */
    private static String target(String location) {
        try {
            URI uri = URI.create(location);
            if (uri.getHost() == null) return "another path of itself";
            return uri.getScheme() + "://" + uri.getHost() + (uri.getPort() < 0 ? "" : ":" + uri.getPort());
        } catch (IllegalArgumentException e) {
            return "an address that is none";
        }
    }

    private static String seconds(long millis) {
        return millis < 1_000 ? millis + " ms" : millis / 1_000 + " s";
    }

    private static <T extends Throwable> T find(Throwable failure, Class<T> type) {
        int depth = 0;
        for (Throwable cause = failure; cause != null && depth < 20; cause = cause.getCause(), depth++) {
            if (type.isInstance(cause)) return type.cast(cause);
        }
        return null;
    }
}
