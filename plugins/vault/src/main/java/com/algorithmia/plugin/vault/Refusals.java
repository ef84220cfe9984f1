package com.algorithmia.plugin.vault;

import io.github.jopenlibs.vault.json.JsonObject;

/**
 * Makes of an answer that is not the wanted one what the administrator should know; where the answer alone does not tell, the server is
 * asked further.
 */
final class Refusals {
    private static final VaultPath LOOKUP_SELF = VaultPath.parse("auth/token/lookup-self");
    private static final VaultPath SEAL_STATUS = VaultPath.parse("sys/seal-status");

    private final VaultApi api;
    private final VaultSettings settings;

    Refusals(VaultApi api, VaultSettings settings) {
        this.api = api;
        this.settings = settings;
    }

    /**
     * @param answer a status other than the wanted one
     * @param needed what the request needs
     * @param path the path as policies have it, such as secret/data/app/x
     */
    VaultProblem of(Answer answer, Capability needed, VaultPath path) {
        VaultProblem known = withoutPath(answer);
        if (known != null) return known;
        if (answer.status == 403) return tokenIsRefused() ? badToken() : missingPolicy(needed, path);
        if (answer.status == 404 && answer.errors().contains("no handler for route")) return missingMount(path);
        if (answer.status == 400 && answer.errors().contains("check-and-set"))
            return new VaultProblem("The entry " + path
                    + " was changed by someone else at the same moment. Nothing was stored; try again.");
        if (answer.bodyHas("versioned K/V")) return wrongKvVersion(2);
        if (answer.bodyHas("too large"))
            return new VaultProblem(server() + " refuses the value for its size. A raft storage takes up to 1 MiB, Consul up to 512 KiB.");
        return new VaultProblem(server() + " answered with status " + answer.status + " to the attempt to " + needed + " " + path
                + own(answer, needed)
                + ". See the server's log.");
    }

    /** What does not depend on the path; null if the answer is about the path, or the token. */
    VaultProblem withoutPath(Answer answer) {
        if (answer.bodyHas("HTTP request to an HTTPS server"))
            return new VaultProblem(server() + " speaks TLS: " + VaultSettings.ADDR + " must begin with https://.");
        if (answer.status == 429)
            return new VaultProblem(server()
                    + " takes no more requests for now (status 429, a rate limit). Try again later, or raise its quota.");
        if (!answer.isVaults()) {
            String what = answer.status + (answer.bodyHas("<html") || answer.bodyHas("<HTML") || answer.bodyHas("<!") ? " and a web page"
                    : "");
            if (answer.status == 502 || answer.status == 503 || answer.status == 504)
                return new VaultProblem("What stands before " + server() + " answered with status " + what
                        + ": the server behind it does not answer. See that it runs.");
            return new VaultProblem("What answers at " + settings.address + " is not Vault: it answered with status " + what + ". Check "
                    + VaultSettings.ADDR
                    + ", and proxies between.");
        }
        return answer.status >= 500 && !answer.bodyHas("too large") ? unwell(answer) : null;
    }

    /** Whether the token, and not a policy, is why the server said 403. */
    boolean tokenIsRefused() {
        Answer self = api.read(LOOKUP_SELF);
        if (self.ok()) return false;
        VaultProblem other = withoutPath(self);
        if (other != null) throw other;
        // A token without the policy "default" may not look itself up: then the error comes from the policy check, which lists what failed.
        String errors = self.errors();
        return !errors.contains("error occurred") || errors.contains("invalid token") || errors.contains("bad token");
    }

    VaultProblem badToken() {
        return new VaultProblem(server() + " refuses the token: it is wrong, expired, revoked" + (settings.namespace == null ? ""
                : ", or of another namespace")
                + ". Put a valid one into " + VaultSettings.TOKEN + ".");
    }

    VaultProblem missingMount(VaultPath path) {
        return new VaultProblem(server() + " has no secrets engine mounted at the beginning of " + path + ". Check "
                + VaultSettings.SECRET_PATH
                + (settings.namespace == null ? " (and whether " + VaultSettings.NAMESPACE + " is needed)" : " and "
                        + VaultSettings.NAMESPACE)
                + ", or mount a KV engine there.");
    }

    /** @param real what the mount is, other than the administrator said */
    VaultProblem wrongKvVersion(int real) {
        return new VaultProblem("The mount of " + settings.secretPath + " in " + server() + " is KV version " + real + ", and "
                + VaultSettings.KV_VERSION
                + " says otherwise. Set it to " + real + ", or leave it out to have the server asked.");
    }

    /** Such as "Vault at https://vault.example.com:8200, namespace team". */
    String server() {
        return "Vault at " + settings.address + (settings.namespace == null ? "" : ", namespace " + settings.namespace + ",");
    }

    private VaultProblem missingPolicy(Capability needed, VaultPath path) {
        VaultPath folder = path.first(path.length() - 1);
        return new VaultProblem("The token may not " + needed + " " + path + " in " + server() + ". Add to its policy: path \"" + folder
                + "/*\" { capabilities = [\"" + needed
                        + "\"] }, beside what it grants there already. The plugin's README has the whole policy.");
    }

    private VaultProblem unwell(Answer answer) {
        Answer status = api.readOutsideNamespace(SEAL_STATUS);
        JsonObject seal = status.ok() ? status.json : null;
        if (seal != null && !seal.getBoolean("initialized", true))
            return new VaultProblem(server()
                    + " is not initialized yet. Run `vault operator init` there, unseal it, and set up the KV engine.");
        if (seal != null && seal.getBoolean("sealed", false))
            return new VaultProblem(server() + " is sealed. Someone with unseal keys must run `vault operator unseal` there.");
        if (answer.errors().contains("active") || answer.errors().contains("standby"))
            return new VaultProblem(server()
                    + " is a standby that has no active server to hand requests to. See that the cluster has a leader, or put the"
                    + " address of another server into " + VaultSettings.ADDR + ".");
        return new VaultProblem(server() + " failed with status " + answer.status + ". See the server's log, and its storage.");
    }

    /** The server's own words; not about a write, where they might repeat the value. */
    private String own(Answer answer, Capability needed) {
        boolean writes = needed == Capability.CREATE || needed == Capability.UPDATE;
        String words = answer.errors().replace(settings.token, "***");
        return writes || words.isEmpty() ? "" : " (" + Text.bounded(words) + ")";
    }
}
