package com.algorithmia.plugin.azurekeyvault;

import java.io.IOException;

/** Serves the fake to other processes, until standard input ends: prints where it is, and what lets one in, as a line of JSON. */
final class ServeFakeAzure {
    private ServeFakeAzure() {}

    public static void main(String[] args) throws IOException {
        FakeAzure azure = FakeAzure.running();
        System.out.println(String.format("{\"proxyPort\":%d,\"caFile\":\"%s\",\"configuration\":{\"vault_url\":\"https://%s\",\"client_id\":\"%s\","
                + "\"client_secret\":\"%s\",\"tenant_id\":\"%s\"}}", azure.proxy.port(), azure.caFile, FakeAzure.VAULT, FakeLogin.CLIENT,
                FakeLogin.SECRET, FakeLogin.TENANT));
        System.out.flush();
        while (System.in.read() >= 0) {
            // Nothing is expected but the end.
        }
        System.out.println("{\"secrets\":" + azure.vault.secrets.size() + "}");
        System.exit(0);
    }
}
