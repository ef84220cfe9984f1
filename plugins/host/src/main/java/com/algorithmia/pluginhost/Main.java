package com.algorithmia.pluginhost;

import java.io.InputStream;
import java.io.OutputStream;

/** Runs one provider's JAR in this JVM, and answers its parent over standard input and output: docs/plugin-protocol.md. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        Ending ending = Ending.watch();
        InputStream requests = Streams.takeInput();
        OutputStream replies = Streams.takeOutput();
        Replies writer = new Replies(replies);
        new Dispatcher(writer, ending).serve(new Requests(requests));
        ending.end(Ending.DONE);
    }
}
