package com.algorithmia.pluginhost;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * Keeps the two streams of the protocol for the host: a plugin that reads System.in finds it empty, and what it prints to System.out
 * goes to standard error, where the parent keeps it for the administrator.
 */
final class Streams {
    private Streams() {}

    static InputStream takeInput() {
        System.setIn(InputStream.nullInputStream());
        return new FileInputStream(FileDescriptor.in);
    }

    static OutputStream takeOutput() {
        System.setOut(System.err);
        return new FileOutputStream(FileDescriptor.out);
    }
}
