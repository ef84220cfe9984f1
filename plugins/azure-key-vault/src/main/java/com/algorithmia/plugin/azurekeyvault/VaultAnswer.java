package com.algorithmia.plugin.azurekeyvault;

import com.azure.core.exception.HttpResponseException;
import com.azure.core.util.BinaryData;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Status and error codes of an answer: {"error":{"code":…,"message":…,"innererror":{"code":…}}}. */
final class VaultAnswer {
    /** Only the codes are wanted, at whichever depth; the messages may repeat what was sent. */
    private static final Pattern CODE = Pattern.compile("\"code\"\\s*:\\s*\"([A-Za-z0-9]{1,60})\"");

    final int status;
    /** The outer one; empty if there is none. */
    final String code;
    private final Set<String> codes;

    private VaultAnswer(int status, String code, Set<String> codes) {
        this.status = status;
        this.code = code;
        this.codes = codes;
    }

    static VaultAnswer of(HttpResponseException answer) {
        if (answer.getResponse() == null) return new VaultAnswer(0, "", Set.of());
        BinaryData body = answer.getResponse().getBodyAsBinaryData();
        Matcher matcher = CODE.matcher(body == null ? "" : body.toString());
        Set<String> codes = new TreeSet<>();
        String first = "";
        while (matcher.find()) {
            if (first.isEmpty()) first = matcher.group(1);
            codes.add(matcher.group(1));
        }
        return new VaultAnswer(answer.getResponse().getStatusCode(), first, codes);
    }

    boolean has(String code) {
        return codes.contains(code);
    }
}
