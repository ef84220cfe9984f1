package com.algorithmia.plugin.vault;

import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Makes reads see our own writes. In a cluster a standby may answer reads from its own copy, some milliseconds behind the leader that it
 * handed the write to (OpenBao
 * by default, Vault Enterprise's performance standbys): what was just stored would not be there. Servers tell with each write how far a
 * copy must be to have it, and take
 * that back in a header; one that is not so far yet answers 412, or hands the request to the leader.
 */
final class WriteIndexes {
    private static final String INDEX = "X-Vault-Index";
    private static final int MAX = 1_000;

    /** By the last segment of the path, the entry's key. */
    private final Map<String, String> indexes = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
            return size() > MAX;
        }
    };

    /** The request, with what the server needs to know of our last write to this entry. */
    HttpRequest ask(HttpRequest request) {
        String index;
        synchronized (indexes) {
            index = indexes.get(key(request.uri()));
        }
        if (index == null) return request;
        HttpRequest.Builder builder = HttpRequest.newBuilder(request.uri()).method(request.method(),
                request.bodyPublisher().orElseGet(BodyPublishers::noBody));
        request.headers().map().forEach((name, values) -> values.forEach(value -> builder.header(name, value)));
        request.timeout().ifPresent(builder::timeout);
        return builder.header(INDEX, index).header("X-Vault-Inconsistent", "forward-active-node").build();
    }

    void learn(HttpRequest request, HttpResponse<?> response) {
        if (request.method().equals("GET")) return;
        response.headers().firstValue(INDEX).filter(index -> index.matches("[!-~]{1,4096}")).ifPresent(index -> {
            synchronized (indexes) {
                indexes.put(key(request.uri()), index);
            }
        });
    }

    /** After a snapshot was restored no copy ever gets as far. */
    void forget(HttpRequest request) {
        synchronized (indexes) {
            indexes.remove(key(request.uri()));
        }
    }

    private static String key(URI uri) {
        return uri.getRawPath().substring(uri.getRawPath().lastIndexOf('/') + 1);
    }
}
