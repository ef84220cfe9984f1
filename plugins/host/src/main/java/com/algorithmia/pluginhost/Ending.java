package com.algorithmia.pluginhost;

import java.util.Optional;

/**
 * Ends this JVM: when asked to, and when its parent is gone. The end of standard input tells of a dead parent as well, unless some
 * other process holds its other side open; then this does.
 *
 * <p>One thread, started before any code of a plugin runs: at the end, a plugin may have used up all that the system grants.
 */
final class Ending {
    static final int DONE = 0;
    /** Standard output is closed: nobody reads answers any more. */
    static final int NO_OUTPUT = 4;

    private static final long LOOK_MILLIS = 1_000;
    private static final long HOOKS_MILLIS = 2_000;

    private final Object lock = new Object();
    private boolean ending;
    private volatile int code = DONE;

    private Ending() {}

    static Ending watch() {
        Ending ending = new Ending();
        Thread thread = new Thread(ending::run, "host-ending");
        thread.setDaemon(true);
        thread.start();
        return ending;
    }

    /** Does not return. Shutdown hooks of the plugin have two seconds, however they behave. */
    void end(int code) {
        synchronized (lock) {
            this.code = code;
            ending = true;
            lock.notifyAll();
        }
        System.exit(code);
    }

    private void run() {
        Optional<ProcessHandle> parent = ProcessHandle.current().parent();
        try {
            boolean orphaned;
            synchronized (lock) {
                while (!ending && sameParent(parent)) {
                    lock.wait(LOOK_MILLIS);
                }
                orphaned = !ending;
            }
            if (orphaned) {
                // Hooks may hang, so they run beside this thread, which halts.
                Thread exit = new Thread(() -> System.exit(DONE), "host-exit");
                exit.setDaemon(true);
                exit.start();
            }
            Thread.sleep(HOOKS_MILLIS);
        } catch (InterruptedException | OutOfMemoryError e) {
            // Fall through: a plugin interrupted us, or there is no thread left for the hooks.
        }
        Runtime.getRuntime().halt(code);
    }

    /** An orphan is given to another process, so its parent's number changes. In a PID namespace of its own it may have none at all. */
    private static boolean sameParent(Optional<ProcessHandle> parent) {
        return ProcessHandle.current().parent().map(ProcessHandle::pid).equals(parent.map(ProcessHandle::pid));
    }
}
