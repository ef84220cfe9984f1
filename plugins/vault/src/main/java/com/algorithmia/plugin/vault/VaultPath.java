package com.algorithmia.plugin.vault;

import java.util.ArrayList;
import java.util.List;

/** A path in Vault: one or more segments, none of which leads elsewhere. */
final class VaultPath {
    private final List<String> segments;

    private VaultPath(List<String> segments) {
        this.segments = segments;
    }

    /**
     * A path that the administrator entered; slashes at its ends are taken off.
     *
     * @throws IllegalArgumentException naming the key
     */
    static VaultPath ofSetting(String key, String text) {
        VaultPath path = parse(text.replaceAll("^/+|/+$", ""));
        if (path == null)
            throw new IllegalArgumentException(key
                    + " must be names with slashes between, such as secret/algorithms: ASCII characters, no \"..\".");
        return path;
    }

    /** The segments of a text, or null if it is no path. Vault cleans "a/../b" to "b": such keys would reach entries of others. */
    static VaultPath parse(String text) {
        List<String> segments = new ArrayList<>();
        for (String segment : text.split("/", -1)) {
            if (segment.equals(".") || segment.equals("..") || !segment.matches("[ -~]+")) return null;
            segments.add(segment);
        }
        return new VaultPath(segments);
    }

    int length() {
        return segments.size();
    }

    VaultPath first(int count) {
        return new VaultPath(segments.subList(0, count));
    }

    VaultPath plus(VaultPath more) {
        List<String> all = new ArrayList<>(segments);
        all.addAll(more.segments);
        return new VaultPath(all);
    }

    /** With a word put in after the first {@code depth} segments, as KV version 2 has it: secret/data/app. */
    VaultPath with(String word, int depth) {
        List<String> all = new ArrayList<>(segments);
        all.add(depth, word);
        return new VaultPath(all);
    }

    boolean startsWith(VaultPath other) {
        return segments.size() > other.segments.size() && segments.subList(0, other.segments.size()).equals(other.segments);
    }

    /** As it stands in a URL. */
    String encoded() {
        StringBuilder text = new StringBuilder();
        for (String segment : segments) {
            if (text.length() > 0) text.append('/');
            for (char c : segment.toCharArray()) {
                if (Character.isLetterOrDigit(c) || "-._~".indexOf(c) >= 0) text.append(c);
                else text.append(String.format("%%%02X", (int) c));
            }
        }
        return text.toString();
    }

    /** As people write it. */
    @Override
    public String toString() {
        return String.join("/", segments);
    }
}
