package com.algorithmia.pluginhost;

/** What went wrong, as the protocol tells it. */
enum Kind {
    NOT_FOUND("not-found", -32001),
    PLUGIN("plugin", -32002),
    LINK("link", -32003),
    FACTORY("factory", -32004),
    CONFIGURATION("configuration", -32005),
    BUSY("busy", -32006),
    PROTOCOL("protocol", -32007),
    MODULE("module", -32008);

    final String word;
    final int code;

    Kind(String word, int code) {
        this.word = word;
        this.code = code;
    }
}
