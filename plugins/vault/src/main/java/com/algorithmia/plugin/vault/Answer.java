package com.algorithmia.plugin.vault;

import io.github.jopenlibs.vault.VaultException;
import io.github.jopenlibs.vault.json.Json;
import io.github.jopenlibs.vault.json.JsonObject;
import io.github.jopenlibs.vault.json.JsonValue;
import io.github.jopenlibs.vault.json.ParseException;
import io.github.jopenlibs.vault.rest.RestResponse;
import java.nio.charset.StandardCharsets;

/** What the server said: the status, and the JSON object if it was one. */
final class Answer {
    final int status;
    /** Null if the body was something else. */
    final JsonObject json;
    /** The body as it came; may hold a value, so it goes into no message. */
    private final String body;

    private Answer(int status, String body) {
        this.status = status;
        this.body = body;
        this.json = parse(body);
    }

    static Answer of(RestResponse response) {
        return new Answer(response.getStatus(), new String(response.getBody(), StandardCharsets.UTF_8));
    }

    /** Of the exception that the driver makes of some statuses; the body is in its message. */
    static Answer of(VaultException refused) {
        String message = String.valueOf(refused.getMessage());
        int body = message.indexOf("Response body: ");
        return new Answer(refused.getHttpStatusCode(), body < 0 ? "" : message.substring(body + "Response body: ".length()));
    }

    boolean ok() {
        return status == 204 || status == 200 && json != null;
    }

    /** Vault's own answers are JSON objects with "errors", "data" or, of some addresses below sys/, others; an error page has none. */
    boolean isVaults() {
        return json != null && (status < 400 || json.get("errors") != null || json.get("data") != null);
    }

    boolean bodyHas(String text) {
        return body.contains(text);
    }

    /** The member of that name, if it is an object, else null. */
    JsonObject object(String name) {
        return json == null ? null : object(json, name);
    }

    static JsonObject object(JsonObject parent, String name) {
        JsonValue value = parent.get(name);
        return value != null && value.isObject() ? value.asObject() : null;
    }

    /** The texts of "errors" in one line; empty if there are none. */
    String errors() {
        JsonValue errors = json == null ? null : json.get("errors");
        if (errors == null || !errors.isArray()) return "";
        StringBuilder text = new StringBuilder();
        for (JsonValue error : errors.asArray()) {
            if (text.length() > 0) text.append("; ");
            if (error.isString()) text.append(error.asString());
        }
        return text.toString().replaceAll("\\s+", " ").trim();
    }

    private static JsonObject parse(String body) {
        try {
            JsonValue value = Json.parse(body);
            return value.isObject() ? value.asObject() : null;
        } catch (ParseException | StackOverflowError e) {
            return null;
        }
    }
}
