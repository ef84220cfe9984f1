package com.algorithmia.plugin.azurekeyvault;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** An HTTPS proxy on the loopback that leads some names to ports of this machine, and nothing anywhere else. */
final class ConnectProxy {
    /** "name:443" to a loopback port; 0 = refused. */
    final Map<String, Integer> routes = new ConcurrentHashMap<>();
    private final ServerSocket server;

    ConnectProxy() throws IOException {
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        daemon(() -> {
            while (true) {
                Socket client = server.accept();
                daemon(() -> serve(client));
            }
        });
    }

    int port() {
        return server.getLocalPort();
    }

    private void serve(Socket client) throws IOException {
        try (client) {
            String[] request = head(client.getInputStream()).split(" ");
            int port = request[0].equals("CONNECT") ? routes.getOrDefault(request[1], 0) : 0;
            if (port == 0) {
                client.getOutputStream().write("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                return;
            }
            try (Socket target = new Socket(InetAddress.getLoopbackAddress(), port)) {
                client.getOutputStream().write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                daemon(() -> pump(client, target));
                pump(target, client);
            }
        }
    }

    private static String head(InputStream input) throws IOException {
        StringBuilder head = new StringBuilder();
        while (!head.toString().endsWith("\r\n\r\n")) {
            int next = input.read();
            if (next < 0) break;
            head.append((char) next);
        }
        return head + "  ";
    }

    private static void pump(Socket from, Socket to) throws IOException {
        try {
            OutputStream output = to.getOutputStream();
            InputStream input = from.getInputStream();
            byte[] buffer = new byte[16_384];
            for (int count = input.read(buffer); count >= 0; count = input.read(buffer)) output.write(buffer, 0, count);
        } finally {
            from.close();
            to.close();
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void daemon(Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException e) {
                // The other side has gone.
            }
        });
        thread.setDaemon(true);
        thread.start();
    }
}
