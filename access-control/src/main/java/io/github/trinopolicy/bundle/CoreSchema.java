package io.github.trinopolicy.bundle;

import java.util.regex.Pattern;

/// What a plain scalar is in the core schema of YAML 1.2 (section 10.3.2 of the specification).
final class CoreSchema {
    private static final Pattern NULL = Pattern.compile("null|Null|NULL|~|");
    private static final Pattern BOOLEAN = Pattern.compile("true|True|TRUE|false|False|FALSE");
    private static final Pattern INTEGER = Pattern.compile("[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+");
    private static final Pattern FLOAT = Pattern
            .compile("[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\\.(inf|Inf|INF)|\\.(nan|NaN|NAN)");

    private CoreSchema() {
    }

    static Node.Type typeOf(String plain) {
        if (NULL.matcher(plain).matches()) {
            return Node.Type.NULL;
        }
        if (BOOLEAN.matcher(plain).matches()) {
            return Node.Type.BOOLEAN;
        }
        if (INTEGER.matcher(plain).matches()) {
            return Node.Type.INTEGER;
        }
        if (FLOAT.matcher(plain).matches()) {
            return Node.Type.FLOAT;
        }
        return Node.Type.STRING;
    }
}
