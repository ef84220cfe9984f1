package com.algorithmia.pluginhost;

import com.algorithmia.sdk.plugin.secrets.SecretProviderFactory;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.function.UnaryOperator;
import java.util.jar.JarFile;

/** A JAR whose hash was right, and the factory made from it. */
final class PluginModule {
    final ClassLoader loader;
    final SecretProviderFactory factory;

    private PluginModule(ClassLoader loader, SecretProviderFactory factory) {
        this.loader = loader;
        this.factory = factory;
    }

    /** Runs no code of the JAR unless the hash is right. */
    static PluginModule open(String jar, String sha256, String factoryName, UnaryOperator<String> mask) throws HostException {
        PluginClassLoader loader = verified(jar, sha256);
        boolean done = false;
        try {
            PluginModule module = new PluginModule(loader, newFactory(loader, factoryName, mask));
            done = true;
            return module;
        } finally {
            if (!done) {
                closeQuietly(loader);
            }
        }
    }

    private static PluginClassLoader verified(String jar, String sha256) throws HostException {
        PluginClassLoader loader = null;
        boolean done = false;
        try {
            Path path = Path.of(jar);
            BasicFileAttributes before = Files.readAttributes(path, BasicFileAttributes.class);
            // Says in words what is wrong with a file that is no JAR; the class loader would find it empty.
            try (JarFile opened = new JarFile(path.toFile())) {
                loader = new PluginClassLoader(path.toUri().toURL(), PluginModule.class.getClassLoader());
                loader.findResource(JarFile.MANIFEST_NAME); // Opens it, and keeps it open: the same file as `opened`.
            }
            String found = hash(path);
            BasicFileAttributes after = Files.readAttributes(path, BasicFileAttributes.class);
            if (!found.equals(sha256) || !sameFile(before, after)) {
                throw new HostException(Kind.MODULE, "The JAR is not the one that was uploaded: its SHA-256 is " + found
                        + ", not " + sha256 + ".");
            }
            done = true;
            return loader;
        } catch (IOException | InvalidPathException e) {
            throw new HostException(Kind.MODULE, "The JAR cannot be opened: " + e.getMessage(), e.getClass().getName(), null);
        } finally {
            if (!done && loader != null) {
                closeQuietly(loader);
            }
        }
    }

    /** What was hashed is what the class loader opened, unless a file was put in its place meanwhile. */
    private static boolean sameFile(BasicFileAttributes before, BasicFileAttributes after) {
        return before.size() == after.size() && before.lastModifiedTime().equals(after.lastModifiedTime())
                && String.valueOf(before.fileKey()).equals(String.valueOf(after.fileKey()));
    }

    private static String hash(Path path) throws IOException {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // Every Java has it.
        }
        byte[] chunk = new byte[64 * 1024];
        try (InputStream in = Files.newInputStream(path)) {
            for (int n = in.read(chunk); n > 0; n = in.read(chunk)) {
                digest.update(chunk, 0, n);
            }
        }
        StringBuilder hex = new StringBuilder(64);
        for (byte b : digest.digest()) {
            hex.append(Character.forDigit(b >> 4 & 15, 16)).append(Character.forDigit(b & 15, 16));
        }
        return hex.toString();
    }

    private static SecretProviderFactory newFactory(PluginClassLoader loader, String name, UnaryOperator<String> mask)
            throws HostException {
        try {
            Class<?> type = Class.forName(name, false, loader);
            if (!SecretProviderFactory.class.isAssignableFrom(type)) {
                throw unusable(name, "does not implement " + SecretProviderFactory.class.getName());
            }
            if (Modifier.isAbstract(type.getModifiers())) {
                throw unusable(name, type.isInterface() ? "is an interface" : "is abstract");
            }
            if (!Modifier.isPublic(type.getModifiers())) {
                throw unusable(name, "is not public");
            }
            Constructor<?> constructor = type.getConstructor();
            return (SecretProviderFactory) constructor.newInstance();
        } catch (HostException e) {
            throw e;
        } catch (ClassNotFoundException e) {
            throw unusable(name, "is not in the JAR");
        } catch (NoSuchMethodException e) {
            throw unusable(name, "has no public constructor without arguments");
        } catch (InvocationTargetException e) {
            throw Failure.of(e.getCause(), Kind.FACTORY, mask);
        } catch (Throwable e) {
            throw Failure.of(e, Kind.FACTORY, mask);
        }
    }

    private static HostException unusable(String name, String why) {
        return new HostException(Kind.FACTORY, "The factory class " + name + " " + why + ".");
    }

    private static void closeQuietly(PluginClassLoader loader) {
        try {
            loader.close();
        } catch (IOException e) {
            // Nothing is lost: it was only read.
        }
    }
}
