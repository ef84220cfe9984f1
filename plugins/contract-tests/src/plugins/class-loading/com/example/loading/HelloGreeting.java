package com.example.loading;

public final class HelloGreeting implements Greeting {
    @Override
    public String text() {
        return "hello from the JAR";
    }
}
