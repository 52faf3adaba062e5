package io.github.trinopolicy.commandline;

/// The colours of messages; the names say what they are for.
enum Colour {
    ADDED("32"),
    REMOVED("31"),
    CHANGED("33"),
    APPROVED("36"),
    WARNING("33"),
    ERROR("1;31"),
    HEADING("1");

    private final String code;

    Colour(String code) {
        this.code = code;
    }

    String paint(String text) {
        return "\u001B[" + code + "m" + text + "\u001B[0m";
    }
}
