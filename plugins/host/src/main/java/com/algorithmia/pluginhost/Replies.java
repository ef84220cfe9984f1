package com.algorithmia.pluginhost;

import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Writes replies, one a line, from any thread. */
final class Replies {
    private final OutputStream out;

    Replies(OutputStream out) {
        this.out = out;
    }

    /**
     * @param result texts, Integer, Long, Boolean or null by name
     * @throws HostException if it cannot be put into a message; nothing was written
     * @throws IOException if nobody reads any more
     */
    void result(long id, Map<String, ?> result) throws HostException, IOException {
        StringWriter text = new StringWriter();
        JsonWriter json = begin(text, id);
        json.name("result").beginObject();
        for (Map.Entry<String, ?> entry : result.entrySet()) {
            json.name(entry.getKey());
            Object value = entry.getValue();
            if (value instanceof Boolean) {
                json.value((Boolean) value);
            } else if (value instanceof Number) {
                json.value((Number) value);
            } else {
                json.value(bounded(entry.getKey(), (String) value));
            }
        }
        json.endObject().endObject();
        send(text);
    }

    /**
     * @param id null if the request's could not be read
     */
    void error(Long id, HostException error) throws IOException {
        StringWriter text = new StringWriter();
        JsonWriter json = begin(text, id);
        json.name("error").beginObject();
        json.name("code").value(error.kind.code);
        json.name("message").value(unicode(error.getMessage()));
        json.name("data").beginObject();
        json.name("kind").value(error.kind.word);
        if (error.type != null) {
            json.name("type").value(unicode(error.type));
        }
        if (error.trace != null) {
            json.name("trace").value(unicode(error.trace));
        }
        json.endObject().endObject().endObject();
        try {
            send(text);
        } catch (HostException e) {
            // Its parts are bounded and Unicode, see Failure.
            throw new IllegalStateException(e);
        }
    }

    private static JsonWriter begin(StringWriter text, Long id) throws IOException {
        JsonWriter json = new JsonWriter(text);
        json.setSerializeNulls(true);
        json.beginObject();
        json.name("jsonrpc").value("2.0");
        json.name("id").value(id);
        return json;
    }

    /** Refused before it is copied four times on its way out. */
    private static String bounded(String name, String value) throws HostException {
        if (value != null && value.length() > Requests.MAX_BYTES) {
            throw HostException.tooLarge("The plugin's " + name);
        }
        return value;
    }

    private static String unicode(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }

    private void send(StringWriter text) throws HostException, IOException {
        // A line end before it too: a plugin may have written half a line to the same descriptor.
        String framed = text.getBuffer().insert(0, '\n').append('\n').toString();
        ByteBuffer bytes;
        try {
            bytes = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(framed));
        } catch (CharacterCodingException e) {
            throw new HostException(Kind.PLUGIN, "The plugin's answer is not valid Unicode text.", "NotUnicode", null);
        }
        if (bytes.remaining() > Requests.MAX_BYTES + 2) {
            throw HostException.tooLarge("The plugin's answer");
        }
        synchronized (out) {
            out.write(bytes.array(), 0, bytes.remaining());
        }
    }
}
