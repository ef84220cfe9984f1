package com.example.factories;

/** A factory by its superclass alone, with the constructor that the compiler gives. */
public class InheritingFactory extends BaseFactory {}
