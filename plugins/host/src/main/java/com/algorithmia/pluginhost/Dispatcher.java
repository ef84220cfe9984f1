package com.algorithmia.pluginhost;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;

/**
 * Takes requests in, and sees that each is answered once. What concerns the host alone is answered at once, on the reader's thread, even
 * while a plugin holds every other; the rest runs on the pool.
 */
final class Dispatcher {
    private static final long PROTOCOL = 1;

    private final Replies replies;
    private final Ending ending;
    private final CallPool pool = new CallPool();
    private final Map<Long, Call> underWay = new ConcurrentHashMap<>();
    private final ProviderCalls calls = new ProviderCalls(this::valuesUnderWay);

    Dispatcher(Replies replies, Ending ending) {
        this.replies = replies;
        this.ending = ending;
    }

    /** Returns at the end of the stream, or when asked to stop. */
    void serve(Requests requests) {
        try {
            while (true) {
                Request request;
                try {
                    request = requests.next();
                } catch (Requests.BadLine e) {
                    replies.error(e.id, new HostException(Kind.PROTOCOL, e.getMessage()));
                    continue;
                }
                if (request == null || !take(request)) {
                    return;
                }
            }
        } catch (IOException e) {
            ending.end(Ending.NO_OUTPUT);
        }
    }

    /** False after the last request. */
    private boolean take(Request request) throws IOException {
        try {
            if (request.id == null) {
                if (request.method.equals("cancel")) {
                    cancel(request.number("id"));
                }
                return true; // Notifications have no answer, whatever they say.
            }
            switch (request.method) {
                case "hello":
                    replies.result(request.id, hello(request));
                    return true;
                case "ping":
                    replies.result(request.id, ping());
                    return true;
                case "stop":
                    replies.result(request.id, Map.of());
                    return false;
                default:
                    submit(request);
                    return true;
            }
        } catch (HostException e) {
            if (request.id != null) {
                replies.error(request.id, e);
            }
            return true;
        }
    }

    private static Map<String, ?> hello(Request request) throws HostException {
        if (request.number("protocol") != PROTOCOL) {
            throw new HostException(Kind.PROTOCOL, "This host speaks protocol " + PROTOCOL + " only.");
        }
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("protocol", PROTOCOL);
        result.put("java", System.getProperty("java.version"));
        result.put("pid", ProcessHandle.current().pid());
        return result;
    }

    private Map<String, ?> ping() {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("running", underWay.values().stream().filter(Call::running).count());
        result.put("stuck", underWay.values().stream().filter(Call::stuck).count());
        result.put("threads", threads());
        Runtime runtime = Runtime.getRuntime();
        result.put("heapUsed", runtime.totalMemory() - runtime.freeMemory());
        return result;
    }

    /** Of the whole JVM: a plugin's threads inherit groups below this one's root. */
    private static int threads() {
        ThreadGroup group = Thread.currentThread().getThreadGroup();
        while (group.getParent() != null) {
            group = group.getParent();
        }
        return group.activeCount();
    }

    private void submit(Request request) throws HostException {
        Call call = new Call(request, calls, replies, ending, () -> underWay.remove(request.id));
        if (underWay.putIfAbsent(request.id, call) != null) {
            throw new HostException(Kind.PROTOCOL, "The id is in use by another request.");
        }
        try {
            pool.execute(call);
        } catch (RejectedExecutionException e) {
            underWay.remove(request.id);
            throw new HostException(Kind.BUSY, "The provider has as many calls under way as it takes. Try again in a moment.");
        } catch (OutOfMemoryError e) {
            // Not of the heap, that ends the JVM, but of threads: a plugin took them all.
            underWay.remove(request.id);
            throw new HostException(Kind.BUSY, "The provider's process cannot start another thread.");
        }
    }

    private void cancel(long id) {
        Call call = underWay.get(id);
        if (call != null && call.cancel()) {
            pool.remove(call);
            underWay.remove(id);
        }
    }

    private Collection<String> valuesUnderWay() {
        List<String> values = new ArrayList<>();
        for (Call call : underWay.values()) {
            if (call.running() && call.request.value() != null) {
                values.add(call.request.value());
            }
        }
        return values;
    }
}
