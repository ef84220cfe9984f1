package com.algorithmia.pluginhost;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** Reads requests, one a line. For one thread. */
final class Requests {
    /** Longest message in bytes, without its line end; holds for both directions. */
    static final int MAX_BYTES = 4 * 1024 * 1024;

    private static final int MAX_DEPTH = 8;

    private final InputStream in;
    private final byte[] chunk = new byte[64 * 1024];
    private int at;
    private int end;

    Requests(InputStream in) {
        this.in = in;
    }

    /**
     * The next request; null at the end of the stream. Empty lines are skipped.
     *
     * @throws BadLine if the line is no request; the next call goes on with the line after it
     */
    Request next() throws IOException, BadLine {
        String line;
        do {
            line = readLine();
        } while (line != null && line.isBlank());
        return line == null ? null : parse(line);
    }

    private String readLine() throws IOException, BadLine {
        ByteArrayOutputStream line = new ByteArrayOutputStream(512);
        boolean tooLong = false;
        while (true) {
            if (at == end) {
                at = 0;
                end = in.read(chunk);
                if (end <= 0) {
                    end = 0;
                    return null; // Half a line is no request: its writer is gone.
                }
            }
            int from = at;
            while (at < end && chunk[at] != '\n') {
                at++;
            }
            tooLong |= line.size() + at - from > MAX_BYTES;
            if (!tooLong) {
                line.write(chunk, from, at - from);
            }
            if (at < end) {
                at++;
                break;
            }
        }
        if (tooLong) {
            throw new BadLine(null, "The message is longer than 4 MiB.");
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(line.toByteArray())).toString();
        } catch (CharacterCodingException e) {
            throw new BadLine(null, "The message is not UTF-8.");
        }
    }

    private static Request parse(String line) throws BadLine {
        Long id = null;
        try (JsonReader json = new JsonReader(new StringReader(line))) {
            json.setStrictness(Strictness.STRICT);
            if (json.peek() != JsonToken.BEGIN_OBJECT) {
                throw new BadLine(null, "A request is a JSON object.");
            }
            Map<?, ?> message = (Map<?, ?>) value(json, 0);
            if (json.peek() != JsonToken.END_DOCUMENT) {
                throw new BadLine(null, "One line holds one request.");
            }
            Object number = message.get("id");
            id = number instanceof Long ? (Long) number : null;
            if (number != null && id == null) {
                throw new BadLine(null, "A request's id is an integer.");
            }
            if (!"2.0".equals(message.get("jsonrpc")) || !(message.get("method") instanceof String)
                    || !(message.get("params") instanceof Map)) {
                throw new BadLine(id, "A request has \"jsonrpc\":\"2.0\", a method and an object params.");
            }
            @SuppressWarnings("unchecked") // Made below: keys of JSON objects are texts.
            Map<String, Object> params = (Map<String, Object>) message.get("params");
            return new Request(id, (String) message.get("method"), params);
        } catch (IOException | IllegalStateException e) {
            // The parser's message may hold what it could not parse.
            throw new BadLine(id, "The line is no JSON object as this protocol has it.");
        }
    }

    /** Text, Long, Boolean, null or an object of these: all that the protocol has. */
    private static Object value(JsonReader json, int depth) throws IOException {
        switch (json.peek()) {
            case STRING:
                return json.nextString();
            case BOOLEAN:
                return json.nextBoolean();
            case NULL:
                json.nextNull();
                return null;
            case NUMBER:
                try {
                    return Long.valueOf(json.nextString());
                } catch (NumberFormatException e) {
                    throw new IOException("not an integer", e);
                }
            case BEGIN_OBJECT:
                if (depth == MAX_DEPTH) {
                    throw new IOException("too deep");
                }
                Map<String, Object> object = new LinkedHashMap<>();
                json.beginObject();
                while (json.hasNext()) {
                    object.put(json.nextName(), value(json, depth + 1));
                }
                json.endObject();
                return object;
            default:
                throw new IOException("not in this protocol");
        }
    }

    /** A line that is no request. */
    static final class BadLine extends Exception {
        private static final long serialVersionUID = 1L;

        /** Null if it could not be read. */
        final transient Long id;

        BadLine(Long id, String message) {
            super(message, null, false, false);
            this.id = id;
        }
    }
}
