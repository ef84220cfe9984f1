package com.example.factories;

import com.algorithmia.sdk.plugin.secrets.SecretProviderFactory;

public interface InterfaceFactory extends SecretProviderFactory {}
