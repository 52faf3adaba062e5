package io.github.trinopolicy.crypto;

/// What a derived key is for. Keys of different purposes are independent of each other even though one [DataKey] gives all of them.
public enum Purpose {
    ENC("enc", Binding.COLUMN),
    MAC("mac", Binding.COLUMN),
    IV("iv", Binding.COLUMN),
    /// omits the column, so that two columns of one table hash alike and join
    HASH("hash", Binding.SCOPE),
    FF1("ff1", Binding.COLUMN),
    RR("rr", Binding.COLUMN),
    MINIMIZE("minimize", Binding.ANY),
    FINGERPRINT("fingerprint", Binding.ANY);

    private final String label;
    private final Binding binding;

    Purpose(String label, Binding binding) {
        this.label = label;
        this.binding = binding;
    }

    String label() {
        return label;
    }

    boolean allows(boolean column) {
        return switch (binding) {
            case COLUMN -> column;
            case SCOPE -> !column;
            case ANY -> true;
        };
    }

    private enum Binding {
        COLUMN,
        SCOPE,
        ANY,
    }
}
