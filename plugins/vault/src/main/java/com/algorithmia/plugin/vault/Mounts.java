package com.algorithmia.plugin.vault;

import io.github.jopenlibs.vault.json.JsonObject;

/** Finds out where the KV engine is mounted, and which version it speaks. */
final class Mounts {
    private static final VaultPath ASK = VaultPath.parse("sys/internal/ui/mounts");

    private final VaultApi api;
    private final VaultSettings settings;
    private final Refusals refusals;
    private volatile Mount known;

    Mounts(VaultApi api, VaultSettings settings, Refusals refusals) {
        this.api = api;
        this.settings = settings;
        this.refusals = refusals;
    }

    /** As told last. */
    Mount current() {
        Mount mount = known;
        return mount == null ? ask() : mount;
    }

    /**
     * Asks the server, unless the administrator set the version. That it answers also shows that the token is good and the mount is there.
     *
     * @throws VaultProblem if it does not tell
     */
    Mount ask() {
        Mount mount = settings.kvVersion == null ? told() : new Mount(1, settings.kvVersion);
        known = mount;
        return mount;
    }

    private Mount told() {
        Answer answer = api.read(ASK.plus(settings.secretPath));
        JsonObject data = answer.object("data");
        if (answer.ok() && data != null) return mount(data);
        VaultProblem problem = refusals.withoutPath(answer);
        if (problem != null) throw problem;
        if (answer.status == 403) throw hidden();
        throw new VaultProblem(refusals.server() + " does not tell which version of KV " + settings.secretPath + " is (status "
                + answer.status + "). Set "
                + VaultSettings.KV_VERSION + " to 1 or 2" + (settings.namespace == null ? "." : ", and check " + VaultSettings.NAMESPACE
                        + "."));
    }

    private Mount mount(JsonObject data) {
        String type = data.getString("type", "");
        String path = data.getString("path", "").replaceAll("/+$", "");
        if (!type.equals("kv") && !type.equals("generic"))
            throw new VaultProblem("What " + refusals.server() + " has mounted at " + Text.bounded(path) + " is no KV engine but \""
                    + Text.bounded(type)
                    + "\". Check " + VaultSettings.SECRET_PATH + ".");
        JsonObject options = Answer.object(data, "options");
        VaultPath mount = VaultPath.parse(path);
        int version = options != null && options.getString("version", "1").equals("2") ? 2 : 1;
        return new Mount(mount == null ? 1 : Math.min(mount.length(), settings.secretPath.length()), version);
    }

    /** The server hides a mount below which the token has no rights just as one that is not there; where it can be told apart, it is. */
    private VaultProblem hidden() {
        if (refusals.tokenIsRefused()) return refusals.badToken();
        VaultPath entries = settings.secretPath.with("data", 1).plus(VaultPath.parse("x"));
        Answer probe = api.read(entries);
        if (probe.status == 404 && probe.errors().contains("no handler for route")) return refusals.missingMount(settings.secretPath);
        return new VaultProblem("The token has no rights below " + settings.secretPath + " in " + refusals.server()
                + ", or nothing is mounted there. Check "
                + VaultSettings.SECRET_PATH + "; then give the token's policy create, read and update on "
                        + settings.secretPath.with("data", 1)
                + "/* and delete on " + settings.secretPath.with("metadata", 1)
                        + "/* (KV version 2; the plugin's README has version 1 too).");
    }

    /** Where the engine's mount ends in the secret path, and its version. */
    static final class Mount {
        /** How many segments the mount has. */
        final int depth;
        final int version;

        Mount(int depth, int version) {
            this.depth = depth;
            this.version = version;
        }

        boolean is(Mount other) {
            return depth == other.depth && version == other.version;
        }
    }
}
