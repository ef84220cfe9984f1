package com.example.factories;

/** Has a `create` too, and is none all the same. */
public final class NotAFactory {
    public Object create(Object config) {
        return config;
    }
}
