package io.github.trinopolicy.commandline;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Locale.ENGLISH;

import com.google.common.hash.Hashing;
import io.github.trinopolicy.model.Kind;
import java.util.regex.Pattern;

/// Where an exported document goes. Every object has its own name of a file, on every file system, whatever its own name is.
final class ExportedFileName {
    private static final Pattern SAFE = Pattern.compile("[a-z0-9_][a-z0-9_.-]{0,99}");
    private static final Pattern RESERVED = Pattern.compile("(con|prn|aux|nul|com[0-9]|lpt[0-9])(\\..*)?");
    private static final int MAX_READABLE = 60;
    private static final int HASH_LENGTH = 16;

    private ExportedFileName() {
    }

    /// With `/` between directory and file.
    static String of(Kind kind, String name) {
        return switch (kind) {
            case TAG -> "tags.yaml";
            case ATTRIBUTE -> "attributes.yaml";
            case PURPOSE -> "purposes.yaml";
            case GROUP -> "groups.yaml";
            case USER -> file("users", name);
            case DATA_SOURCE -> file("data-sources", name);
            case ATTRIBUTE_SOURCE -> file("attribute-sources", name);
            case PROJECT -> file("projects", name);
            case CLASSIFIER -> file("classifiers", name);
            case POLICY -> file("policies", name);
        };
    }

    private static String file(String directory, String name) {
        boolean safe = SAFE.matcher(name).matches() && !name.endsWith(".") && !RESERVED.matcher(name).matches();
        return "%s/%s.yaml".formatted(directory, safe ? name : hashed(name));
    }

    /// The `~`, which no safe name has, keeps both sorts of names apart.
    private static String hashed(String name) {
        String readable = name.toLowerCase(ENGLISH).replaceAll("[^a-z0-9_-]+", "-");
        String hash = Hashing.sha256().hashString(name, UTF_8).toString().substring(0, HASH_LENGTH);
        return readable.substring(0, Math.min(readable.length(), MAX_READABLE)) + "~" + hash;
    }
}
