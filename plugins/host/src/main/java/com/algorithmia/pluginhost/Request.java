package com.algorithmia.pluginhost;

import java.util.LinkedHashMap;
import java.util.Map;

/** A message from the parent. {@code id} is null in a notification. */
final class Request {
    final Long id;
    final String method;
    private final Map<String, Object> params;

    Request(Long id, String method, Map<String, Object> params) {
        this.id = id;
        this.method = method;
        this.params = params;
    }

    String text(String name) throws HostException {
        if (params.get(name) instanceof String) {
            return (String) params.get(name);
        }
        throw wrong(name, "a text");
    }

    long number(String name) throws HostException {
        if (params.get(name) instanceof Long) {
            return (Long) params.get(name);
        }
        throw wrong(name, "an integer");
    }

    Map<String, String> texts(String name) throws HostException {
        if (!(params.get(name) instanceof Map)) {
            throw wrong(name, "an object of texts");
        }
        Map<String, String> texts = new LinkedHashMap<>();
        for (Map.Entry<?, ?> entry : ((Map<?, ?>) params.get(name)).entrySet()) {
            if (!(entry.getValue() instanceof String)) {
                throw wrong(name, "an object of texts");
            }
            texts.put((String) entry.getKey(), (String) entry.getValue());
        }
        return texts;
    }

    /** The secret value that came with this request; null if none did. */
    String value() {
        return params.get("value") instanceof String ? (String) params.get("value") : null;
    }

    private HostException wrong(String name, String expected) {
        return new HostException(Kind.PROTOCOL, method + ": the parameter " + name + " is missing or not " + expected + ".");
    }
}
