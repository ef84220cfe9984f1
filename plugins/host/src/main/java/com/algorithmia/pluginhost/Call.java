package com.algorithmia.pluginhost;

import java.io.IOException;
import java.util.Map;

/** One request on its way through the plugin. Its answer is written once, or never if the parent gave it up. */
final class Call implements Runnable {
    final Request request;
    private final ProviderCalls calls;
    private final Replies replies;
    private final Ending ending;
    private final Runnable done;
    private Thread thread;
    private boolean cancelled;

    Call(Request request, ProviderCalls calls, Replies replies, Ending ending, Runnable done) {
        this.request = request;
        this.calls = calls;
        this.replies = replies;
        this.ending = ending;
        this.done = done;
    }

    @Override
    public void run() {
        if (!begin()) {
            return;
        }
        Map<String, ?> result = null;
        HostException error = null;
        try {
            result = calls.answer(request);
        } catch (HostException e) {
            error = e;
        } catch (Throwable e) {
            // Not the plugin's: that is caught where it is called. Never silence, whatever it is.
            error = new HostException(Kind.PLUGIN, "The plugin host failed: " + e.getClass().getName(), e.getClass().getName(), null);
        }
        boolean wanted = finish();
        done.run();
        if (wanted) {
            reply(result, error);
        }
    }

    private void reply(Map<String, ?> result, HostException error) {
        try {
            if (error == null) {
                try {
                    replies.result(request.id, result);
                    return;
                } catch (HostException e) {
                    replies.error(request.id, e);
                }
            } else {
                replies.error(request.id, error);
            }
        } catch (IOException e) {
            ending.end(Ending.NO_OUTPUT);
        }
    }

    private synchronized boolean begin() {
        if (cancelled) {
            return false;
        }
        thread = Thread.currentThread();
        return true;
    }

    private synchronized boolean finish() {
        thread = null;
        Thread.interrupted(); // Meant for this call, not for the thread's next one.
        return !cancelled;
    }

    /** True if it had not begun, and never will. */
    synchronized boolean cancel() {
        cancelled = true;
        if (thread == null) {
            return true;
        }
        thread.interrupt();
        return false;
    }

    synchronized boolean running() {
        return thread != null;
    }

    synchronized boolean stuck() {
        return thread != null && cancelled;
    }
}
