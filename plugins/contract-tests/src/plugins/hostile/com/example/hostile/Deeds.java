package com.example.hostile;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Key `what` names one of these; `limit` bounds those that grow (their own unit), `path`, `text` and `command` serve some. */
final class Deeds {
    private static final int MIB = 1024 * 1024;

    private Deeds() {}

    /** {@code providerKey} is that of the call, "" if it has none. */
    static String run(Map<String, String> config, String providerKey) {
        if ("throw-key".equals(config.get("what"))) {
            throw new IllegalStateException(providerKey);
        }
        try {
            return deed(config);
        } catch (IOException | ReflectiveOperationException e) {
            throw new IllegalStateException(e.toString(), e);
        }
    }

    private static String deed(Map<String, String> config) throws IOException, ReflectiveOperationException {
        long limit = Long.parseLong(config.getOrDefault("limit", String.valueOf(Long.MAX_VALUE)));
        String text = config.getOrDefault("text", "");
        switch (config.getOrDefault("what", "nothing")) {
            case "nothing":
                return "nothing";
            case "exit":
                System.exit(0);
                return "";
            case "halt":
                Runtime.getRuntime().halt(0);
                return "";
            case "crash": // The JVM itself: a null pointer in native code.
                unsafe("putLong", new Class<?>[] {long.class, long.class}, 0L, 0L);
                return "";
            case "loop": // Heeds no interrupt.
                while (System.nanoTime() != 0) {
                    Math.sin(limit);
                }
                return "";
            case "hang": // Ends when interrupted.
                return sleep();
            case "heap": {
                List<byte[]> hoard = new ArrayList<>();
                for (long i = 0; i < limit; i++) {
                    hoard.add(new byte[MIB]);
                }
                return String.valueOf(hoard.size());
            }
            case "native": // MiB outside the heap and outside -XX:MaxDirectMemorySize, touched so that they are really taken.
                for (long i = 0; i < limit; i++) {
                    Object address = unsafe("allocateMemory", new Class<?>[] {long.class}, (long) MIB);
                    unsafe("setMemory", new Class<?>[] {long.class, long.class, byte.class}, address, (long) MIB, (byte) 1);
                }
                return String.valueOf(limit);
            case "direct": {
                List<ByteBuffer> hoard = new ArrayList<>();
                for (long i = 0; i < limit; i++) {
                    hoard.add(ByteBuffer.allocateDirect(MIB));
                }
                return String.valueOf(hoard.size());
            }
            case "threads":
                for (long i = 0; i < limit; i++) {
                    Thread thread = new Thread(Deeds::sleep);
                    thread.setDaemon(true);
                    thread.start();
                }
                return String.valueOf(limit);
            case "non-daemon": // Keeps the JVM alive, were the host to leave by returning from main; its hook keeps exit waiting.
                new Thread(Deeds::sleepForEver).start();
                Runtime.getRuntime().addShutdownHook(new Thread(Deeds::sleepForEver));
                return "non-daemon";
            case "stack":
                return String.valueOf(recurse(0));
            case "print": // Through System.out, without a line end, `limit` times.
                for (long i = 0; i < Math.min(limit, 1_000_000); i++) {
                    System.out.print(text.isEmpty() ? "rubbish" : text);
                }
                System.out.flush();
                return "print";
            case "print-error":
                for (long i = 0; i < Math.min(limit, 1_000_000); i++) {
                    System.err.println(text.isEmpty() ? "rubbish" : text);
                }
                return "print-error";
            case "descriptor": { // On descriptor 1 itself, where the protocol runs: bytes that are no text, half lines, `text`.
                byte[] bytes = ("\u0000{\"jsonrpc\":\"2.0\",\"id\":" + text).getBytes(StandardCharsets.UTF_8);
                bytes[0] = (byte) 0xff;
                for (long i = 0; i < Math.min(limit, 1_000_000); i++) {
                    raw().write(bytes);
                }
                return "descriptor";
            }
            case "close-output":
                raw().close();
                return "close-output";
            case "read-input": // System.in, and then descriptor 0 itself, where the requests come in.
                return String.valueOf(System.in.read());
            case "steal-input":
                return String.valueOf(new FileInputStream(FileDescriptor.in).read());
            case "read": // The file `path`, as far as 100,000 bytes.
                return latin(Files.readAllBytes(Paths.get(config.get("path"))));
            case "write":
                Files.write(Paths.get(config.get("path")), text.getBytes(StandardCharsets.UTF_8));
                return "write";
            case "list":
                try (Stream<Path> names = Files.list(Paths.get(config.get("path")))) {
                    return names.map(Path::toString).sorted().collect(Collectors.joining("\n"));
                }
            case "environment":
                return System.getenv().toString();
            case "properties":
                return System.getProperties().toString();
            case "parent-environment":
                return latin(Files.readAllBytes(Paths.get("/proc/" + parent() + "/environ")));
            case "parent":
                return parent();
            case "fork": // A process that is to outlive its parent. Its number is the value.
                return fork(config.getOrDefault("command", "sleep 300"));
            case "huge": { // `limit` MiB of one value.
                char[] value = new char[(int) Math.min(limit * MIB, Integer.MAX_VALUE - 16)];
                Arrays.fill(value, 'x');
                return new String(value);
            }
            case "throw":
                throw new IllegalStateException(text, new IOException("the reason: " + text));
            case "throw-error":
                throw new Error(text);
            case "throw-evil":
                throw new EvilException();
            case "throw-long":
                throw new IllegalStateException(new String(new char[1_000_000]).replace('\0', 'x') + text);
            case "sneak": // A checked exception that no signature names.
                throw Deeds.<RuntimeException>sneak(new IOException(text));
            default:
                throw new IllegalArgumentException("no such deed");
        }
    }

    private static final class EvilException extends RuntimeException {
        @Override
        public String getMessage() {
            throw new IllegalStateException("no message for you");
        }

        @Override
        public synchronized Throwable getCause() {
            return new EvilException(); // For ever.
        }

        @Override
        public StackTraceElement[] getStackTrace() {
            throw new StackOverflowError();
        }

        @Override
        public String toString() {
            throw new IllegalStateException("nor this");
        }
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> T sneak(Throwable thrown) throws T {
        throw (T) thrown;
    }

    private static int recurse(int depth) {
        return recurse(depth + 1) + 1;
    }

    private static String sleep() {
        try {
            Thread.sleep(Long.MAX_VALUE);
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted", e);
        }
        return "";
    }

    private static void sleepForEver() {
        while (true) {
            try {
                Thread.sleep(Long.MAX_VALUE);
            } catch (InterruptedException e) {
                // Not yet.
            }
        }
    }

    private static OutputStream raw() {
        return new FileOutputStream(FileDescriptor.out);
    }

    private static String latin(byte[] bytes) {
        return new String(bytes, 0, Math.min(bytes.length, 100_000), StandardCharsets.ISO_8859_1);
    }

    private static String parent() throws IOException {
        String stat = latin(Files.readAllBytes(Paths.get("/proc/self/stat")));
        return stat.substring(stat.lastIndexOf(')') + 2).split(" ")[1];
    }

    private static String fork(String command) throws IOException {
        Process shell = new ProcessBuilder("/bin/sh", "-c", "setsid " + command + " >/dev/null 2>&1 </dev/null & echo $!").start();
        byte[] bytes = new byte[32];
        int length = shell.getInputStream().read(bytes);
        return new String(bytes, 0, Math.max(length, 0), StandardCharsets.ISO_8859_1).trim();
    }

    private static Object unsafe(String name, Class<?>[] types, Object... args) throws ReflectiveOperationException {
        Class<?> type = Class.forName("sun.misc.Unsafe");
        Field field = type.getDeclaredField("theUnsafe");
        field.setAccessible(true);
        Method method = type.getMethod(name, types);
        return method.invoke(field.get(null), args);
    }
}
