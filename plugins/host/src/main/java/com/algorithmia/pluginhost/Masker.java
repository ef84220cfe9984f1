package com.algorithmia.pluginhost;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Takes values out of what a plugin says, before it leaves the host: the configuration's, those of the calls under way, and the
 * latest others seen. In the forms that libraries print values in; a plugin that means to hide a value in a message can.
 */
final class Masker {
    static final String MASK = "•••";

    /** Shorter values are words such as "kv" or "1", and are masked where they stand alone. */
    private static final int WORD = 4;

    private static final int LATEST = 256;
    private static final int LATEST_CHARS = 1_000_000;
    private static final Pattern URL_USER = Pattern.compile("^[a-zA-Z][a-zA-Z0-9+.-]*://([^/@]*)@");
    private static final List<Base64.Encoder> BASE64 = List.of(Base64.getEncoder(), Base64.getUrlEncoder());
    private static final Pattern LINE_END = Pattern.compile("\\R");

    private volatile Collection<String> configuration = List.of();
    private final Deque<String> latest = new ArrayDeque<>();
    private int latestChars;

    void configuration(Collection<String> values) {
        configuration = List.copyOf(values);
    }

    /** Remembers a value that a plugin was given or gave. */
    synchronized void seen(String value) {
        if (value.isEmpty() || value.equals(latest.peekLast())) {
            return;
        }
        latest.addLast(value);
        latestChars += value.length();
        while (latest.size() > LATEST || latestChars > LATEST_CHARS && latest.size() > 1) {
            latestChars -= latest.removeFirst().length();
        }
    }

    /**
     * @param underWay further values to mask
     */
    String mask(String text, Collection<String> underWay) {
        Set<String> forms = new LinkedHashSet<>();
        configuration.forEach(value -> addForms(forms, value, text.length()));
        underWay.forEach(value -> addForms(forms, value, text.length()));
        latest().forEach(value -> addForms(forms, value, text.length()));
        List<String> longestFirst = new ArrayList<>(forms);
        longestFirst.sort(Comparator.comparingInt(String::length).reversed());
        String masked = text;
        for (String form : longestFirst) {
            if (form.length() >= WORD) {
                masked = masked.replace(form, MASK);
            } else if (masked.contains(form)) {
                masked = masked.replaceAll("(?<!\\w)" + Pattern.quote(form) + "(?!\\w)", MASK);
            }
        }
        return masked;
    }

    private synchronized List<String> latest() {
        return List.copyOf(latest);
    }

    /** No form but a line of it is shorter than the value, so a text shorter than that need not be searched for it. */
    private static void addForms(Set<String> forms, String value, int textLength) {
        String trimmed = value.trim();
        if (trimmed.isEmpty()) {
            return;
        }
        if (trimmed.length() <= textLength) {
            forms.add(value);
            forms.add(trimmed);
            byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
            for (Base64.Encoder base64 : BASE64) {
                forms.add(base64.encodeToString(bytes));
                forms.add(base64.withoutPadding().encodeToString(bytes));
            }
            String url = URLEncoder.encode(trimmed, StandardCharsets.UTF_8);
            forms.add(url);
            forms.add(url.replace("+", "%20"));
            forms.add(jsonForm(trimmed));
        }
        Matcher user = URL_USER.matcher(trimmed);
        if (user.find()) {
            for (String part : user.group(1).split(":", 2)) {
                forms.add(part);
            }
            forms.add(user.group(1));
            forms.remove("");
        }
        if (trimmed.indexOf('\n') >= 0 || trimmed.indexOf('\r') >= 0) {
            for (String line : LINE_END.split(trimmed)) {
                if (line.trim().length() >= 2 * WORD && line.length() <= textLength) {
                    forms.add(line.trim());
                }
            }
        }
    }

    private static String jsonForm(String text) {
        return text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\r", "\\r").replace("\n", "\\n").replace("\t", "\\t");
    }
}
