package io.github.trinopolicy.model;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.hash.Hashing;
import java.time.Duration;
import java.util.Optional;

/// A lookup table read on schedule into the attribute `attribute`.
///
/// @param query returns two columns: user name and value
public record AttributeSource(String name, Optional<String> description, String query, String attribute, Duration interval)
        implements
            PolicyObject {
    /// Another query, or another attribute, has another pin: what was read for one does not count for the other.
    public String pin() {
        return Hashing.sha256().newHasher()
                .putInt(attribute.length())
                .putString(attribute, UTF_8)
                .putString(query, UTF_8)
                .hash()
                .toString();
    }

    /// What was read does not count any longer after this time.
    public Duration maxAge() {
        return interval.multipliedBy(3);
    }

    @Override
    public Kind kind() {
        return Kind.ATTRIBUTE_SOURCE;
    }
}
