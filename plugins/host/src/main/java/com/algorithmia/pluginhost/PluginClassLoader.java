package com.algorithmia.pluginhost;

import java.net.URL;
import java.net.URLClassLoader;

/**
 * The classes of one JAR. The JDK's come from the JDK, the SDK's from the host, even if the JAR has them as well, and all others from
 * the JAR: the host's own and its libraries are not to be seen.
 */
final class PluginClassLoader extends URLClassLoader {
    private static final String SDK = "com.algorithmia.sdk.plugin.";

    static {
        ClassLoader.registerAsParallelCapable();
    }

    private final ClassLoader host;

    PluginClassLoader(URL jar, ClassLoader host) {
        super("plugin", new URL[] {jar}, ClassLoader.getPlatformClassLoader());
        this.host = host;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (name.startsWith(SDK)) {
            try {
                return host.loadClass(name);
            } catch (ClassNotFoundException e) {
                // A type that only later versions of the SDK have: the JAR may have brought it.
            }
        }
        return super.loadClass(name, resolve);
    }
}
