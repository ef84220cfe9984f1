package com.algorithmia.pluginhost;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Up to 64 threads, and up to 1,024 calls that wait for one. Unlike the plain ThreadPoolExecutor it starts a thread only when none is
 * idle, and lets calls wait only when all 64 are there: a provider that is asked one thing at a time keeps one thread.
 */
final class CallPool {
    static final int MAX_THREADS = 64;
    static final int MAX_WAITING = 1_024;
    private static final long IDLE_SECONDS = 10;

    private final AtomicInteger names = new AtomicInteger();
    private final AtomicInteger taken = new AtomicInteger();
    private final Queue queue = new Queue();
    private final ThreadPoolExecutor threads = new ThreadPoolExecutor(1, MAX_THREADS, IDLE_SECONDS, TimeUnit.SECONDS, queue,
            this::newThread, (task, pool) -> queue.wait(task)) {
        @Override
        protected void afterExecute(Runnable task, Throwable thrown) {
            taken.decrementAndGet();
        }
    };

    void execute(Runnable task) {
        taken.incrementAndGet();
        try {
            threads.execute(task);
        } catch (RejectedExecutionException | OutOfMemoryError e) {
            taken.decrementAndGet();
            throw e;
        }
    }

    void remove(Runnable task) {
        if (threads.remove(task)) {
            taken.decrementAndGet();
        }
    }

    private Thread newThread(Runnable work) {
        Thread thread = new Thread(work, "provider-call-" + names.incrementAndGet());
        thread.setDaemon(true);
        return thread;
    }

    private final class Queue extends LinkedBlockingQueue<Runnable> {
        private static final long serialVersionUID = 1L;

        Queue() {
            super(MAX_WAITING);
        }

        /** What the pool asks before it starts a thread; false makes it start one. */
        @Override
        public boolean offer(Runnable task) {
            boolean oneIsIdle = taken.get() <= threads.getPoolSize();
            return oneIsIdle && super.offer(task);
        }

        /** What the pool does when it has all its threads. */
        void wait(Runnable task) {
            if (!super.offer(task)) {
                throw new RejectedExecutionException();
            }
        }
    }
}
