package com.algorithmia.plugin.azurekeyvault;

import com.algorithmia.plugin.azurekeyvault.FakeAzure.Answer;
import com.sun.net.httpserver.HttpExchange;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Instance discovery, and tokens for a client's secret. */
final class FakeLogin {
    static final String TENANT = "11111111-2222-3333-4444-555555555555";
    static final String CLIENT = "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee";
    static final String SECRET = "the~client.secret+with/signs=%&";

    final Set<String> tokens = ConcurrentHashMap.newKeySet();
    /** Null, or the AADSTS code that every request for a token is refused with. */
    volatile String refusal;

    final AtomicInteger requests = new AtomicInteger();

    void reset() {
        requests.set(0);
        refusal = null;
        tokens.clear();
    }

    Answer answer(HttpExchange exchange, String body) {
        String path = exchange.getRequestURI().getPath();
        if (path.equals("/common/discovery/instance"))
            return new Answer(200, "{\"tenant_discovery_endpoint\":\"https://" + FakeAzure.LOGIN + "/" + TENANT
                    + "/v2.0/.well-known/openid-configuration\",\"api-version\":\"1.1\","
                    + "\"metadata\":[{\"preferred_network\":\"" + FakeAzure.LOGIN
                            + "\",\"preferred_cache\":\"login.windows.net\",\"aliases\":[\"" + FakeAzure.LOGIN
                            + "\",\"login.windows.net\"]}]}");
        if (!path.matches("/[^/]+/oauth2/v2.0/token") || !exchange.getRequestMethod().equals("POST")) return new Answer(404, "");
        requests.incrementAndGet();
        if (refusal != null) return refused(refusal, "made to");
        Map<String, String> form = form(body);
        if (!path.startsWith("/" + TENANT + "/"))
            return refused("90002", "Tenant '" + path.split("/")[1]
                    + "' not found. Check to make sure you have the correct tenant ID.");
        if (!CLIENT.equals(form.get("client_id")))
            return refused("700016", "Application with identifier '" + form.get("client_id")
                    + "' was not found in the directory.");
        if (!SECRET.equals(form.get("client_secret"))) return refused("7000215",
                "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value.");
        String scope = String.valueOf(form.get("scope"));
        if (!scope.contains("https://vault.azure.net/.default")
                || !"client_credentials".equals(form.get("grant_type"))) return refused("70011",
                "The provided value for scope is not valid.");
        String token = "token-" + UUID.randomUUID();
        tokens.add(token);
        return new Answer(200, "{\"token_type\":\"Bearer\",\"expires_in\":3599,\"ext_expires_in\":3599,\"access_token\":\"" + token
                + "\"}");
    }

    private static Answer refused(String code, String text) {
        return new Answer(code.startsWith("70002") ? 401 : 400, "{\"error\":\"" + (code.startsWith("700021") ? "invalid_client"
                : "invalid_request") + "\",\"error_description\":\"AADSTS" + code + ": " + text
                + " Trace ID: 00000000-0000-0000-0000-000000000000\",\"error_codes\":[" + code + "]}");
    }

    private static Map<String, String> form(String body) {
        Map<String, String> form = new HashMap<>();
        for (String pair : body.split("&")) {
            String[] sides = pair.split("=", 2);
            if (sides.length == 2) form.put(sides[0], URLDecoder.decode(sides[1], StandardCharsets.UTF_8));
        }
        return form;
    }
}
