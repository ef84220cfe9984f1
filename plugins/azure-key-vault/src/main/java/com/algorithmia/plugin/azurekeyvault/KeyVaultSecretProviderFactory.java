package com.algorithmia.plugin.azurekeyvault;

import com.algorithmia.sdk.plugin.secrets.SecretProvider;
import com.algorithmia.sdk.plugin.secrets.SecretProviderFactory;
import com.azure.core.http.HttpClient;
import com.azure.core.http.jdk.httpclient.JdkHttpClientBuilder;
import com.azure.core.http.policy.ExponentialBackoffOptions;
import com.azure.core.http.policy.RetryOptions;
import com.azure.core.http.policy.RetryPolicy;
import com.azure.identity.ClientSecretCredential;
import com.azure.identity.ClientSecretCredentialBuilder;
import com.azure.security.keyvault.secrets.SecretClient;
import com.azure.security.keyvault.secrets.SecretClientBuilder;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Executors;

/**
 * Makes providers that keep secrets in an Azure Key Vault. The four keys go to the SDK's builders as they are; the login host of another
 * cloud is
 * the SDK's own setting AZURE_AUTHORITY_HOST.
 */
public class KeyVaultSecretProviderFactory implements SecretProviderFactory {
    static final String VAULT_URL = "vault_url";
    static final String CLIENT_ID = "client_id";
    static final String CLIENT_SECRET = "client_secret";
    static final String TENANT_ID = "tenant_id";

    @Override
    public SecretProvider create(Map<String, String> config) {
        String vaultUrl = required(config, VAULT_URL);
        String clientId = required(config, CLIENT_ID);
        String clientSecret = required(config, CLIENT_SECRET);
        String tenantId = required(config, TENANT_ID);
        HttpClient http = new JdkHttpClientBuilder()
                // Not the SDK's own threads, where reads wait for answers: once all of them wait, none is left to take the answers in.
                .executor(Executors.newCachedThreadPool(KeyVaultSecretProviderFactory::daemon))
                .connectionTimeout(timeout("sun.net.client.defaultConnectTimeout", 10_000))
                .responseTimeout(timeout("sun.net.client.defaultReadTimeout", 20_000))
                .readTimeout(timeout("sun.net.client.defaultReadTimeout", 20_000))
                .writeTimeout(timeout("sun.net.client.defaultReadTimeout", 20_000))
                .build();
        RetryOptions retries = new RetryOptions(
                new ExponentialBackoffOptions().setMaxRetries(Retries.MAX).setBaseDelay(Retries.BASE).setMaxDelay(Retries.LONGEST));
        ClientSecretCredential credential = checked(TENANT_ID + ", " + CLIENT_ID + " or " + CLIENT_SECRET,
                () -> new ClientSecretCredentialBuilder()
                .tenantId(tenantId)
                .clientId(clientId)
                .clientSecret(clientSecret)
                .httpClient(http)
                .retryOptions(retries)
                .build());
        SecretClient client = checked(VAULT_URL, () -> new SecretClientBuilder()
                .vaultUrl(vaultUrl)
                .credential(new SignIn(credential))
                .httpClient(http)
                .retryPolicy(new RetryPolicy(new Retries()))
                .buildClient());
        return new KeyVaultSecretProvider(client, new Problems(client.getVaultUrl()));
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "key-vault-http");
        thread.setDaemon(true);
        return thread;
    }

    private static String required(Map<String, String> config, String key) {
        String value = config.get(key);
        if (value == null || value.trim().isEmpty()) throw new IllegalArgumentException("The key " + key + " is missing.");
        return value;
    }

    /** The operator's socket time-outs are these properties of the JDK; its HTTP client does not look at them by itself. */
    private static Duration timeout(String property, long fallback) {
        long millis = Long.getLong(property, fallback);
        return Duration.ofMillis(millis > 0 ? millis : fallback);
    }

    /** The SDK's own complaint may repeat what it was given. */
    private static <T> T checked(String keys, Build<T> build) {
        try {
            return build.run();
        } catch (IllegalArgumentException | IllegalStateException e) {
            throw new IllegalArgumentException("The Azure SDK does not take " + keys + ": " + VAULT_URL
                    + " is like https://my-vault.vault.azure.net, " + TENANT_ID + " and "
                    + CLIENT_ID + " are UUIDs (the tenant may be a domain name), without blanks around.");
        }
    }

    private interface Build<T> {
        T run();
    }
}
