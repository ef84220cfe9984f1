package com.algorithmia.contracttests;

import com.algorithmia.sdk.plugin.secrets.SecretProvider;
import com.google.gson.Gson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/**
 * Compiles each folder of src/plugins to a JAR of its name, in Java 8 bytecode. Some are then damaged, as the table in {@link #finish}
 * says. The names are relied on by the tests of the TypeScript side.
 */
public final class BuildJars {
    private static final int FAR_FUTURE = 99;

    private BuildJars() {}

    /** Arguments: the folder of the plugins' sources, the folder for the JARs. */
    public static void main(String[] args) throws IOException, URISyntaxException {
        Path sources = Path.of(args[0]);
        Path jars = Files.createDirectories(Path.of(args[1]));
        List<Path> plugins;
        try (Stream<Path> folders = Files.list(sources)) {
            plugins = folders.filter(Files::isDirectory).sorted().collect(Collectors.toList());
        }
        for (Path plugin : plugins) {
            String name = plugin.getFileName().toString();
            Map<String, byte[]> entries = compile(plugin);
            finish(name, entries);
            JarWriter.write(jars.resolve(name + ".jar"), entries);
        }
    }

    private static void finish(String name, Map<String, byte[]> entries) throws IOException, URISyntaxException {
        switch (name) {
            case "class-loading": // Bundles what fat JARs bundle: the SDK, and a library that the host has in another version.
                entries.putAll(JarWriter.read(jarOf(SecretProvider.class)));
                entries.putAll(JarWriter.read(jarOf(Gson.class)));
                break;
            case "too-new":
                entries.forEach((entry, bytes) -> bytes[7] = FAR_FUTURE);
                break;
            case "missing-class":
                entries.remove("com/example/missing/Helper.class");
                break;
            default:
                break;
        }
    }

    /** Classes and resources by their name in the JAR. */
    private static Map<String, byte[]> compile(Path plugin) throws IOException, URISyntaxException {
        Path classes = Files.createTempDirectory("plugin-classes");
        try {
            List<String> command = new ArrayList<>(List.of("--release", "8", "-Xlint:-options", "-nowarn", "-cp",
                    jarOf(SecretProvider.class) + System.getProperty("path.separator") + jarOf(Gson.class), "-d", classes.toString()));
            Map<String, byte[]> entries = new TreeMap<>();
            for (Path file : files(plugin)) {
                if (file.toString().endsWith(".java")) {
                    command.add(file.toString());
                } else {
                    entries.put(plugin.relativize(file).toString().replace('\\', '/'), Files.readAllBytes(file));
                }
            }
            JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
            if (compiler.run(null, null, null, command.toArray(new String[0])) != 0) {
                throw new IllegalStateException(plugin + " does not compile");
            }
            for (Path file : files(classes)) {
                entries.put(classes.relativize(file).toString().replace('\\', '/'), Files.readAllBytes(file));
            }
            return entries;
        } finally {
            deleteAll(classes);
        }
    }

    private static Path jarOf(Class<?> type) throws URISyntaxException {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile).sorted().collect(Collectors.toList());
        }
    }

    private static void deleteAll(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            all.sorted(Comparator.reverseOrder()).forEach(path -> {
                try {
                    Files.delete(path);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}
