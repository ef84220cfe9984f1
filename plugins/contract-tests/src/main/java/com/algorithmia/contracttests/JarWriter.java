package com.algorithmia.contracttests;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.LocalDateTime;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/** Entries in and out of JARs; the same entries make the same bytes. */
final class JarWriter {
    private static final LocalDateTime TIME = LocalDateTime.of(2026, 1, 1, 0, 0);
    private static final String MANIFEST = "META-INF/MANIFEST.MF";

    private JarWriter() {}

    /** Replaces the file in one step: a test may have the one before open. */
    static void write(Path jar, Map<String, byte[]> entries) throws IOException {
        Map<String, byte[]> ordered = new TreeMap<>(entries);
        String title = jar.getFileName().toString().replace(".jar", "");
        String manifest = "Manifest-Version: 1.0\r\nImplementation-Title: " + title + "\r\nImplementation-Version: 1.2.3\r\n\r\n";
        ordered.remove(MANIFEST);
        Path fresh = jar.resolveSibling(jar.getFileName() + ".new");
        try (OutputStream out = Files.newOutputStream(fresh); ZipOutputStream zip = new ZipOutputStream(out)) {
            put(zip, MANIFEST, manifest.getBytes("UTF-8"));
            for (Map.Entry<String, byte[]> entry : ordered.entrySet()) {
                put(zip, entry.getKey(), entry.getValue());
            }
        }
        Files.move(fresh, jar, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    /** All but the manifest. From a folder too: in some builds the SDK is not packed yet. */
    static Map<String, byte[]> read(Path jarOrFolder) throws IOException {
        Map<String, byte[]> entries = new TreeMap<>();
        if (Files.isDirectory(jarOrFolder)) {
            try (Stream<Path> all = Files.walk(jarOrFolder)) {
                for (Path file : all.filter(Files::isRegularFile).collect(Collectors.toList())) {
                    entries.put(jarOrFolder.relativize(file).toString().replace('\\', '/'), Files.readAllBytes(file));
                }
            }
        } else {
            try (ZipFile zip = new ZipFile(jarOrFolder.toFile())) {
                for (ZipEntry entry : zip.stream().filter(e -> !e.isDirectory()).collect(Collectors.toList())) {
                    entries.put(entry.getName(), zip.getInputStream(entry).readAllBytes());
                }
            }
        }
        entries.remove(MANIFEST);
        return entries;
    }

    private static void put(ZipOutputStream zip, String name, byte[] bytes) throws IOException {
        ZipEntry entry = new ZipEntry(name);
        entry.setTimeLocal(TIME);
        zip.putNextEntry(entry);
        zip.write(bytes);
        zip.closeEntry();
    }
}
