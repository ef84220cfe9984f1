package com.algorithmia.plugin.vault;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpClient.Version;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;

/**
 * A JSON body with each character beyond ASCII written as an escape sequence, and bounded. The driver turns the body into bytes with
 * the JVM's default charset and reads those as UTF-8: under an ASCII locale every umlaut in a value would become "?". JSON has such
 * characters in strings alone, where the escape means the same.
 */
final class AsciiJsonBody<T> implements BodySubscriber<T> {
    /** A raft entry is at most 1 MiB; escaped character by character it is six times that. */
    private static final int MAX_BYTES = 16 << 20;
    private static final HttpHeaders NONE = HttpHeaders.of(Map.of(), (name, value) -> true);

    private final BodySubscriber<T> next;
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();
    private Subscription subscription;
    private boolean ended;

    private AsciiJsonBody(BodySubscriber<T> next) {
        this.next = next;
    }

    static <T> BodyHandler<T> before(BodyHandler<T> handler) {
        // Without the headers: the driver's handler would take a charset from them.
        return info -> new AsciiJsonBody<>(handler.apply(new ResponseInfo() {
            @Override
            public int statusCode() {
                return info.statusCode();
            }

            @Override
            public HttpHeaders headers() {
                return NONE;
            }

            @Override
            public Version version() {
                return info.version();
            }
        }));
    }

    @Override
    public CompletionStage<T> getBody() {
        return next.getBody();
    }

    @Override
    public void onSubscribe(Subscription subscription) {
        this.subscription = subscription;
        next.onSubscribe(new Subscription() {
            @Override
            public void request(long items) {
                // All is handed on at once, at the end.
            }

            @Override
            public void cancel() {
                subscription.cancel();
            }
        });
        subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(List<ByteBuffer> items) {
        for (ByteBuffer item : items) {
            if (ended) return;
            byte[] bytes = new byte[item.remaining()];
            item.get(bytes);
            if (received.size() + bytes.length > MAX_BYTES) {
                ended = true;
                subscription.cancel();
                next.onError(new IOException("The answer is larger than 16 MiB."));
            } else {
                received.write(bytes, 0, bytes.length);
            }
        }
    }

    @Override
    public void onError(Throwable error) {
        if (!ended) next.onError(error);
    }

    @Override
    public void onComplete() {
        if (ended) return;
        next.onNext(List.of(ByteBuffer.wrap(ascii(received.toByteArray()))));
        next.onComplete();
    }

    private static byte[] ascii(byte[] utf8) {
        String text = new String(utf8, StandardCharsets.UTF_8);
        StringBuilder ascii = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < 0x80) {
                ascii.append(c);
            } else {
                ascii.append("\\u");
                for (int shift = 12; shift >= 0; shift -= 4) ascii.append(Character.forDigit(c >> shift & 0xf, 16));
            }
        }
        return ascii.toString().getBytes(StandardCharsets.US_ASCII);
    }
}
