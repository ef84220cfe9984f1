package com.algorithmia.plugin.azurekeyvault;

import static com.algorithmia.plugin.azurekeyvault.Plugin.id;
import static com.algorithmia.plugin.azurekeyvault.Plugin.problem;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.algorithmia.plugin.azurekeyvault.FakeAzure.Answer;
import com.algorithmia.sdk.plugin.secrets.SecretIdentifier;
import com.algorithmia.sdk.plugin.secrets.SecretProvider;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** What Azure refuses, and what the administrator is told. */
class ProblemsTest {
    private final FakeAzure azure = FakeAzure.running();

    @BeforeEach
    void start() {
        azure.reset();
    }

    @AfterEach
    void stop() {
        System.clearProperty("sun.net.client.defaultReadTimeout");
    }

    /** Every method of the provider ends with a message that has these words; none answers false, "not found", or an identifier. */
    private static void everyCallSays(SecretProvider provider, String... words) {
        SecretIdentifier secret = id("some");
        List<Executable> calls = List.of(() -> provider.createSecret("hunter2-value"), () -> provider.updateSecret(secret, "hunter2-value"),
                () -> provider.getSecret(secret),
                () -> provider.getSecretVersion(secret), () -> provider.secretLastUpdated(secret), () -> provider.deleteSecret(secret));
        for (Executable call : calls) {
            String message = problem(call);
            for (String word : words) assertTrue(message.contains(word), message);
        }
    }

    private void vaultRefuses(Answer answer, String... words) {
        azure.reset();
        azure.vault.refusal = answer;
        everyCallSays(Plugin.provider(), words);
    }

    @Test
    void aMissingKeyIsNamed() {
        for (String key : List.of("vault_url", "client_id", "client_secret", "tenant_id"))
            for (String nothing : new String[] {null, " "})
                assertEquals("The key " + key + " is missing.",
                    problem(() -> Plugin.provider(key, nothing)));
    }

    @Test
    void whatTheSdkDoesNotTakeIsNamed() {
        assertTrue(problem(() -> Plugin.provider("vault_url", "not an address")).contains("vault_url"));
        assertTrue(problem(() -> Plugin.provider("tenant_id", "no/tenant here")).contains("tenant_id"));
    }

    @Test
    void aWrongClientSecretIsNamed() {
        everyCallSays(Plugin.provider("client_secret", "wrong-secret"), "client secret", "wrong", "AADSTS7000215");
        assertEquals(6, azure.login.requests.get(), "none of the six calls tries it twice");
    }

    @Test
    void anUnknownTenantAndAnUnknownApplicationAreNamed() {
        everyCallSays(Plugin.provider("client_id", "99999999-0000-0000-0000-000000000000"), "client_id", "AADSTS700016");
        azure.login.refusal = "90002";
        everyCallSays(Plugin.provider(), "tenant_id", "AADSTS90002");
    }

    @Test
    void anExpiredClientSecretAndOtherRefusalsOfTheSignInAreNamed() {
        azure.login.refusal = "7000222";
        everyCallSays(Plugin.provider(), "expired", "AADSTS7000222");
        azure.login.refusal = "53003";
        everyCallSays(Plugin.provider(), "conditional access", "AADSTS53003");
        azure.login.refusal = "123456";
        everyCallSays(Plugin.provider(), "AADSTS123456");
    }

    @Test
    void missingPermissionsAreNamed() throws Exception {
        Answer policy = FakeVault.error(403, "Forbidden", "ForbiddenByPolicy",
                "The user, group or application 'appid=x;oid=y' does not have secrets permission on key vault 'unit'.");
        vaultRefuses(policy, "access policy", "Get, Set and Delete");
        assertTrue(problem(() -> Plugin.provider().createSecret("hunter2-value")).contains("\"set\""));
        assertTrue(problem(() -> Plugin.provider().getSecret(id("x"))).contains("\"get\""));
        assertTrue(problem(() -> Plugin.provider().deleteSecret(id("x"))).contains("\"delete\""));
        vaultRefuses(FakeVault.error(403, "Forbidden", "ForbiddenByRbac", "Caller is not authorized to perform action on resource."),
                "Key Vault Secrets Officer");
    }

    @Test
    void theVaultsFirewallIsNamed() {
        vaultRefuses(FakeVault.error(403, "Forbidden", "ForbiddenByFirewall",
                "Client address is not authorized and caller is not a trusted service."), "firewall", "Networking");
        vaultRefuses(FakeVault.error(403, "Forbidden", "ForbiddenByConnection", "Public network access is disabled."), "firewall");
    }

    @Test
    void throttlingIsWaitedForAndThenNamed() throws Exception {
        azure.vault.refusal = FakeVault.error(429, "Throttled", "Request was not processed because too many requests were received.");
        azure.vault.refusals.set(2);
        Plugin.provider().createSecret("goes through at the third attempt");
        vaultRefuses(FakeVault.error(429, "Throttled", "Request was not processed because too many requests were received."), "throttled",
                "429");
    }

    @Test
    void aVaultThatFailsAndOneOfAnotherTenantAreNamed() {
        // Attempts are repeated, which takes its time: one call stands for all.
        azure.vault.refusal = FakeVault.error(500, "InternalServerError", "hunter2-value");
        assertTrue(problem(() -> Plugin.provider().createSecret("hunter2-value")).contains("failed with status 500"));
        vaultRefuses(FakeVault.error(401, "Unauthorized", "AKV10032: Invalid issuer."), "another tenant");
    }

    @Test
    void aDisabledSecretIsNamedAndAnUpdateOfItToo() {
        SecretProvider provider = Plugin.provider();
        SecretIdentifier secret = provider.createSecret("x");
        azure.vault.secrets.get(secret.getProviderKey()).get(0).enabled = false;
        String message = problem(() -> provider.getSecret(secret));
        assertTrue(message.contains("disabled") && message.contains(secret.getProviderKey()), message);
        assertTrue(problem(() -> provider.updateSecret(secret, "hunter2-value")).contains("disabled"));
    }

    @Test
    void aNameThatIsKeptAsDeletedIsNamed() {
        vaultRefuses(FakeVault.error(409, "Conflict", "ObjectIsDeletedButRecoverable",
                "Secret is currently in a deleted but recoverable state."), "Recover it there");
        vaultRefuses(FakeVault.error(409, "Conflict", "ObjectIsBeingDeleted", "Secret is currently being deleted."), "still deleting");
    }

    @Test
    void aLimitLowerThanOursIsNamedWithoutTheValueThatAzureRepeats() {
        vaultRefuses(FakeVault.error(400, "BadParameter", "ParameterTooLarge", "The value is too long: hunter2-value"), "size", "25 KB");
    }

    @Test
    void aPageOfAnotherServerIsNoProofThatASecretIsNotThere() {
        vaultRefuses(new Answer(404, "<html>Not Found</html>"), "is no Key Vault", "404", "vault_url");
        vaultRefuses(new Answer(404, "{\"error\":{\"code\":\"VaultNotFound\",\"message\":\"no\"}}"), "VaultNotFound");
        azure.reset();
        String message = problem(() -> Plugin.provider("vault_url", "https://plain.example").getSecret(id("x")));
        assertTrue(message.contains("plain.example"), message);
    }

    @Test
    void anUnreachableVaultOrLoginIsNamedAsWhichOfThem() {
        azure.proxy.routes.remove(FakeAzure.LOGIN + ":443");
        String login = problem(() -> Plugin.provider().createSecret("hunter2-value"));
        assertTrue(login.contains("Azure's login host"), login);
        azure.reset();
        azure.proxy.routes.remove(FakeAzure.VAULT + ":443");
        String vault = problem(() -> Plugin.provider().createSecret("hunter2-value"));
        assertTrue(vault.contains("The Key Vault https://unit.vault.azure.net") && vault.contains("proxy"), vault);
    }

    @Test
    void aSilentVaultOrLoginIsGivenUpAfterTheOperatorsTimeOut() throws IOException {
        System.setProperty("sun.net.client.defaultReadTimeout", "2000");
        SecretProvider provider = Plugin.provider();
        provider.createSecret("signed in before");
        azure.vault.delay = 8_000;
        String message = problem(() -> provider.createSecret("hunter2-value"));
        assertTrue(message.contains("The Key Vault https://unit.vault.azure.net") && message.contains("did not answer in time"), message);
        azure.reset();
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            azure.proxy.routes.put(FakeAzure.LOGIN + ":443", silent.getLocalPort());
            String login = problem(() -> Plugin.provider().createSecret("hunter2-value"));
            assertTrue(login.contains("login host"), login);
        }
    }

    @Test
    void aDeletionThatAzureDoesNotFinishIsSaidSo() {
        SecretProvider provider = Plugin.provider();
        SecretIdentifier secret = provider.createSecret("x");
        azure.vault.pollsUntilDeleted = Integer.MAX_VALUE;
        String message = problem(() -> ((KeyVaultSecretProvider) provider).delete(secret.getProviderKey(), Duration.ofSeconds(2)));
        assertTrue(message.contains("took the deletion") && message.contains("Manage deleted secrets"), message);
    }

    @Test
    void aCallThatTheHostGivesUpEndsSoon() throws Exception {
        SecretProvider provider = Plugin.provider();
        provider.createSecret("signed in");
        azure.vault.delay = 10_000;
        List<String> messages = new ArrayList<>();
        Thread call = new Thread(() -> messages.add(problem(() -> provider.getSecret(id("x")))));
        call.start();
        Thread.sleep(300);
        call.interrupt();
        call.join(5_000);
        assertEquals(1, messages.size());
        assertTrue(messages.get(0).contains("given up"), messages.get(0));
    }

    /** In JVMs of their own, since these are settings of the whole process. */
    @Test
    void hostNamesThatNobodyKnowsAreNamedAndTheAuthorityOfAnotherCloudIsUsed() throws Exception {
        String vault = child(List.of("-Dhttp.nonProxyHosts=*.invalid"), "https://no-such-vault.invalid", null);
        assertTrue(vault.contains("host name of the Key Vault https://no-such-vault.invalid is not known"), vault);
        String login = child(List.of("-Dhttp.nonProxyHosts=*.invalid"), "https://" + FakeAzure.VAULT, "https://login.invalid/");
        assertTrue(login.contains("host name of Azure's login host is not known"), login);
    }

    private String child(List<String> options, String vaultUrl, String authority) throws Exception {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1", "-Djava.net.useSystemProxies=true",
                "-Dhttps.proxyHost=127.0.0.1", "-Dhttps.proxyPort=" + azure.proxy.port(), "-Djavax.net.ssl.trustStore=" + azure.trustStore,
                        "-Djavax.net.ssl.trustStorePassword=" + TestAuthority.PASSWORD));
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                OneRead.class.getName(), vaultUrl));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().remove("AZURE_AUTHORITY_HOST");
        if (authority != null) builder.environment().put("AZURE_AUTHORITY_HOST", authority);
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes());
        process.waitFor();
        return output;
    }

    /** Reads a secret and prints the problem. */
    static final class OneRead {
        private OneRead() {}

        public static void main(String[] args) {
            System.out.println(problem(() -> Plugin.provider("vault_url", args[0]).getSecret(id("x"))));
        }
    }
}
