package com.algorithmia.plugin.vault;

/** Texts of others, made fit for a message. */
final class Text {
    private static final int MAX = 300;

    private Text() {}

    static String bounded(String text) {
        String line = text.replaceAll("[\\p{Cntrl}\\s]+", " ").trim();
        return line.length() > MAX ? line.substring(0, MAX) + "…" : line;
    }
}
