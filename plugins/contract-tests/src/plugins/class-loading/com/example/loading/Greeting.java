package com.example.loading;

/** A service that the JAR declares in META-INF/services. */
public interface Greeting {
    String text();
}
