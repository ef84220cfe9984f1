package com.example.factories;

import com.algorithmia.sdk.plugin.secrets.SecretProviderFactory;

public abstract class AbstractFactory implements SecretProviderFactory {}
