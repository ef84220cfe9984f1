package com.algorithmia.plugin.vault;

import java.io.IOException;
import java.net.Authenticator;
import java.net.CookieHandler;
import java.net.ProxySelector;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.PushPromiseHandler;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

/**
 * The HTTP client that the Vault driver is given. It never follows a redirect, since the token would go along to wherever that leads;
 * its time-out covers the body too; bodies are bounded and pure ASCII (see {@link AsciiJsonBody}); and reads see our own writes (see
 * {@link WriteIndexes}).
 */
final class CarefulHttpClient extends HttpClient {
    /** Nothing was done: the server waits for what another wrote. */
    private static final int NOT_SO_FAR_YET = 412;

    private final HttpClient client;
    private final WriteIndexes indexes = new WriteIndexes();
    private final Duration answerTimeout;

    CarefulHttpClient(Duration connectTimeout, Duration answerTimeout) {
        this.client = HttpClient.newBuilder().version(Version.HTTP_1_1).followRedirects(Redirect.NEVER).connectTimeout(connectTimeout).build();
        this.answerTimeout = answerTimeout;
    }

    @Override
    public <T> HttpResponse<T> send(HttpRequest request, BodyHandler<T> handler) throws IOException, InterruptedException {
        HttpResponse<T> response = sendOnce(indexes.ask(request), handler);
        for (int wait = 20; response.statusCode() == NOT_SO_FAR_YET && wait <= 1_280; wait *= 2) {
            Thread.sleep(wait);
            response = sendOnce(indexes.ask(request), handler);
        }
        if (response.statusCode() == NOT_SO_FAR_YET) {
            indexes.forget(request);
            response = sendOnce(request, handler);
        }
        indexes.learn(request, response);
        if (response.statusCode() >= 300 && response.statusCode() < 400)
            throw new RedirectException(response.headers().firstValue("Location").orElse(""));
        return response;
    }

    private <T> HttpResponse<T> sendOnce(HttpRequest request, BodyHandler<T> handler) throws IOException, InterruptedException {
        CompletableFuture<HttpResponse<T>> answering = sendAsync(request, handler);
        try {
            return answering.get(answerTimeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            answering.cancel(true);
            throw new HttpTimeoutException("no answer");
        } catch (InterruptedException e) {
            answering.cancel(true);
            throw e;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException) throw (IOException) e.getCause();
            throw new IOException(e.getCause());
        }
    }

    @Override
    public <T> CompletableFuture<HttpResponse<T>> sendAsync(HttpRequest request, BodyHandler<T> handler) {
        return client.sendAsync(request, AsciiJsonBody.before(handler));
    }

    @Override
    public <T> CompletableFuture<HttpResponse<T>> sendAsync(HttpRequest request, BodyHandler<T> handler, PushPromiseHandler<T> push) {
        return sendAsync(request, handler);
    }

    @Override
    public Optional<CookieHandler> cookieHandler() {
        return client.cookieHandler();
    }

    @Override
    public Optional<Duration> connectTimeout() {
        return client.connectTimeout();
    }

    @Override
    public Redirect followRedirects() {
        return client.followRedirects();
    }

    @Override
    public Optional<ProxySelector> proxy() {
        return client.proxy();
    }

    @Override
    public SSLContext sslContext() {
        return client.sslContext();
    }

    @Override
    public SSLParameters sslParameters() {
        return client.sslParameters();
    }

    @Override
    public Optional<Authenticator> authenticator() {
        return client.authenticator();
    }

    @Override
    public Version version() {
        return client.version();
    }

    @Override
    public Optional<Executor> executor() {
        return client.executor();
    }

    /** The server wants the request sent elsewhere. */
    static final class RedirectException extends IOException {
        private static final long serialVersionUID = 1L;

        final String location;

        RedirectException(String location) {
            super("redirect");
            this.location = location;
        }
    }
}
