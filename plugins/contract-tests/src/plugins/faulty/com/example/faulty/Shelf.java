package com.example.faulty;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Where entries are: version, time and value of each, in files or in memory. */
final class Shelf {
    private static final Map<String, String[]> OF_PROCESS = new ConcurrentHashMap<>();

    private final Path folder;
    private final Map<String, String[]> memory;

    Shelf(Path folder) {
        this.folder = folder;
        this.memory = null;
    }

    Shelf(boolean ofProcess) {
        this.folder = null;
        this.memory = ofProcess ? OF_PROCESS : new ConcurrentHashMap<>();
    }

    /** Null when there is no such entry. */
    String[] get(String key) {
        if (memory != null) {
            String[] entry = memory.get(key);
            return entry == null ? null : entry.clone();
        }
        try {
            return new String(Files.readAllBytes(folder.resolve(key)), StandardCharsets.UTF_8).split("\n", 3);
        } catch (NoSuchFileException e) {
            return null;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void put(String key, String[] entry) {
        if (memory != null) {
            memory.put(key, entry.clone());
            return;
        }
        try {
            Path fresh = folder.resolve("." + UUID.randomUUID());
            Files.write(fresh, String.join("\n", entry).getBytes(StandardCharsets.UTF_8));
            Files.move(fresh, folder.resolve(key), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean remove(String key) {
        if (memory != null) {
            return memory.remove(key) != null;
        }
        try {
            return Files.deleteIfExists(folder.resolve(key));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** True the first time, in whatever process. */
    boolean mark() {
        try {
            Files.createFile(folder.resolve(".marked"));
            return true;
        } catch (FileAlreadyExistsException e) {
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<String> keys() {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).filter(name -> !name.startsWith(".")).collect(Collectors.toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
