package com.algorithmia.plugin.azurekeyvault;

import com.algorithmia.plugin.azurekeyvault.FakeAzure.Answer;
import com.azure.json.JsonProviders;
import com.azure.json.JsonReader;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** One vault with soft delete, as Azure documents it: versions of 32 hex digits, deleted names kept, 25 KB. */
final class FakeVault {
    private final FakeLogin login;
    final Map<String, List<Version>> secrets = new ConcurrentHashMap<>();
    final Map<String, List<Version>> deleted = new ConcurrentHashMap<>();
    /** How often /deletedsecrets/NAME is answered with 404 until the deletion is through. */
    volatile int pollsUntilDeleted = 1;
    private final Map<String, AtomicInteger> polls = new ConcurrentHashMap<>();
    /** Null, or what every request with a good token is answered with, without being carried out. */
    volatile Answer refusal;
    /** How often the refusal is given; afterwards the vault works. */
    final AtomicInteger refusals = new AtomicInteger();
    final AtomicInteger requests = new AtomicInteger();
    /** Milliseconds that each answer takes. */
    volatile int delay;
    volatile boolean purged;
    /** Bodies of requests that came without a token. */
    final List<String> bodiesWithoutToken = new ArrayList<>();

    FakeVault(FakeLogin login) {
        this.login = login;
    }

    void reset() {
        refusal = null;
        refusals.set(Integer.MAX_VALUE);
        delay = 0;
        pollsUntilDeleted = 1;
        requests.set(0);
        secrets.clear();
        deleted.clear();
    }

    Answer answer(HttpExchange exchange, String body) throws IOException {
        requests.incrementAndGet();
        pause(delay);
        String authorization = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
        if (!authorization.startsWith("Bearer ") || !login.tokens.contains(authorization.substring("Bearer ".length()))) {
            synchronized (bodiesWithoutToken) {
                bodiesWithoutToken.add(body);
            }
            exchange.getResponseHeaders().set("WWW-Authenticate", "Bearer authorization=\"https://" + FakeAzure.LOGIN + "/"
                    + FakeLogin.TENANT + "\", resource=\"https://vault.azure.net\"");
            return error(401, "Unauthorized", "AKV10000: Request is missing a Bearer or PoP token.");
        }
        if (refusal != null && refusals.getAndDecrement() > 0) {
            if (refusal.status == 429) exchange.getResponseHeaders().set("Retry-After", "0");
            return refusal;
        }
        if (!String.valueOf(exchange.getRequestURI().getQuery()).contains("api-version=")) return error(400, "BadParameter",
                "api-version must be specified");
        String[] path = exchange.getRequestURI().getPath().split("/");
        String name = path.length > 2 ? path[2] : "";
        switch (exchange.getRequestMethod() + " " + path[1]) {
            case "PUT secrets":
                return set(name, body);
            case "GET secrets":
                return get(name);
            case "DELETE secrets":
                return delete(name);
            case "GET deletedsecrets":
                boolean through = deleted.containsKey(name) && polls.get(name).incrementAndGet() > pollsUntilDeleted;
                return through ? new Answer(200, bundle(name, deleted.get(name), false, true)) : notFound(name);
            case "DELETE deletedsecrets":
                purged = true;
                return error(403, "Forbidden", "Operation \"purge\" is not enabled for this vault.");
            default:
                return error(405, "MethodNotAllowed", "no");
        }
    }

    private Answer set(String name, String body) throws IOException {
        if (deleted.containsKey(name))
            return error(409, "Conflict", "ObjectIsDeletedButRecoverable", "Secret " + name
                    + " is currently in a deleted but recoverable state, and its name cannot be reused.");
        Version version = new Version();
        try (JsonReader reader = JsonProviders.createReader(body)) {
            Map<String, Object> members = reader.readMap(JsonReader::readUntyped);
            version.value = (String) members.get("value");
            version.contentType = (String) members.get("contentType");
            if (members.get("tags") instanceof Map) ((Map<?, ?>) members.get("tags")).forEach((tag,
                    text) -> version.tags.put(String.valueOf(tag), String.valueOf(text)));
        }
        if (version.value == null) return error(400, "BadParameter", "The parameter value is missing.");
        if (version.value.getBytes(StandardCharsets.UTF_8).length > 25 * 1_024) return error(400, "BadParameter", "ParameterTooLarge",
                "The value is too long: " + version.value);
        secrets.computeIfAbsent(name, key -> new ArrayList<>()).add(version);
        return new Answer(200, bundle(name, secrets.get(name), true, false));
    }

    private Answer get(String name) {
        List<Version> versions = secrets.get(name);
        if (versions == null) return notFound(name);
        if (!versions.get(versions.size() - 1).enabled) return error(403, "Forbidden", "SecretDisabled",
                "Operation get is not allowed on a disabled secret.");
        return new Answer(200, bundle(name, versions, true, false));
    }

    private Answer delete(String name) {
        List<Version> versions = secrets.remove(name);
        if (versions == null) return notFound(name);
        polls.put(name, new AtomicInteger());
        deleted.put(name, versions);
        return new Answer(200, bundle(name, versions, false, true));
    }

    private static Answer notFound(String name) {
        return error(404, "SecretNotFound", "A secret with (name/id) " + name
                + " was not found in this key vault. If you recently deleted this secret you may be able to recover it.");
    }

    static Answer error(int status, String code, String message) {
        return new Answer(status, "{\"error\":{\"code\":\"" + code + "\",\"message\":\"" + message.replace("\"", "\\\"") + "\"}}");
    }

    static Answer error(int status, String code, String inner, String message) {
        return new Answer(status, "{\"error\":{\"code\":\"" + code + "\",\"message\":\"" + message.replace("\"", "\\\"")
                + "\",\"innererror\":{\"code\":\"" + inner + "\"}}}");
    }

    private static String bundle(String name, List<Version> versions, boolean withValue, boolean isDeleted) {
        Version newest = versions.get(versions.size() - 1);
        StringBuilder tags = new StringBuilder();
        newest.tags.forEach((tag, text) -> tags.append(tags.length() > 0 ? "," : "").append(quoted(tag)).append(':').append(quoted(text)));
        return "{" + (withValue ? "\"value\":" + quoted(newest.value) + "," : "") + "\"id\":\"https://" + FakeAzure.VAULT + "/secrets/"
                + name + "/" + newest.id + "\","
                + (isDeleted ? "\"recoveryId\":\"https://" + FakeAzure.VAULT + "/deletedsecrets/" + name + "\",\"deletedDate\":"
                        + newest.updated + ",\"scheduledPurgeDate\":" + (newest.updated + 7_776_000) + "," : "")
                + (newest.contentType == null ? "" : "\"contentType\":" + quoted(newest.contentType) + ",") + "\"tags\":{" + tags
                        + "},\"attributes\":{\"enabled\":" + newest.enabled + ",\"created\":" + newest.updated
                + ",\"updated\":" + newest.updated + ",\"recoveryLevel\":\"Recoverable\",\"recoverableDays\":90}}";
    }

    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            if (c == '"' || c == '\\' || c < ' ') quoted.append(String.format("\\u%04x", (int) c));
            else quoted.append(c);
        }
        return quoted.append('"').toString();
    }

    private static void pause(int millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    static final class Version {
        final String id = UUID.randomUUID().toString().replace("-", "");
        final long updated = System.currentTimeMillis() / 1_000;
        final Map<String, String> tags = new LinkedHashMap<>();
        String value;
        String contentType;
        boolean enabled = true;
    }
}
