package io.github.trinopolicy.model;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.collect.ImmutableList.toImmutableList;
import static java.util.Locale.ENGLISH;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import java.time.Instant;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// Something that the audit log keeps. Immutable; every text in it can be stored.
///
/// @param id tells it from all others, so that writing it twice leaves it once
/// @param happenedAt by the clock of the node
/// @param values what is known of it: of type String, List of String, Long, Boolean or Instant, as the field says
public record AuditEvent(UUID id, Instant happenedAt, Kind kind, Map<AuditField, Object> values) {
    /// A longer text is cut: what waits to be written is in memory.
    public static final int MAXIMUM_TEXT = 20_000;

    private static final String CUT = "...";
    private static final int FIXED_SIZE = 500;

    public enum Kind {
        /// a query ended, well or not
        QUERY,
        /// something was refused
        DENIAL,
        /// values were unmasked
        UNMASK,
        /// raw rows were shown to an owner
        SAMPLE,
        /// policies, entitlements, keys or the project of a user were changed
        ADMINISTRATION,
        /// events were dropped since the log could not take them
        LOSS;

        /// Its name in the log.
        public String logName() {
            return name().toLowerCase(ENGLISH);
        }
    }

    public AuditEvent {
        requireNonNull(id, "id is null");
        requireNonNull(happenedAt, "happenedAt is null");
        requireNonNull(kind, "kind is null");
        values = Maps.immutableEnumMap(values);
        values.forEach((field, value) -> checkArgument(fits(field, value), "%s is no value of %s", value.getClass(), field));
    }

    public static Builder of(Kind kind, Instant happenedAt) {
        return new Builder(kind, happenedAt);
    }

    public Optional<Object> value(AuditField field) {
        return Optional.ofNullable(values.get(field));
    }

    /// About how many characters it takes.
    public int size() {
        int size = FIXED_SIZE;
        for (Object value : values.values()) {
            if (value instanceof String text) {
                size += text.length();
            }
            else if (value instanceof List<?> texts) {
                size += texts.stream().mapToInt(text -> ((String) text).length()).sum();
            }
        }
        return size;
    }

    /// The text as it can be kept: PostgreSQL keeps neither the character 0 nor halves of characters, and what a client calls itself must not
    /// make a batch fail.
    public static String storable(String text) {
        StringBuilder storable = new StringBuilder();
        text.codePoints().limit(MAXIMUM_TEXT)
                .map(character -> character == 0 || (character >= Character.MIN_SURROGATE && character <= Character.MAX_SURROGATE)
                        ? '\ufffd'
                        : character)
                .forEach(storable::appendCodePoint);
        if (text.codePointCount(0, text.length()) > MAXIMUM_TEXT) {
            storable.append(CUT);
        }
        return storable.toString();
    }

    private static boolean fits(AuditField field, Object value) {
        return switch (field.type()) {
            case TEXT, JSON -> value instanceof String;
            case TEXTS -> value instanceof List<?> list && list.stream().allMatch(String.class::isInstance);
            case NUMBER -> value instanceof Long;
            case FLAG -> value instanceof Boolean;
            case TIME -> value instanceof Instant;
        };
    }

    /// The kind alone: the rest may be confidential.
    @Override
    public String toString() {
        return "AuditEvent[%s %s]".formatted(kind, id);
    }

    /// Puts an event together. Not thread-safe.
    public static final class Builder {
        private final Kind kind;
        private final Instant happenedAt;
        private final Map<AuditField, Object> values = new EnumMap<>(AuditField.class);

        private Builder(Kind kind, Instant happenedAt) {
            this.kind = requireNonNull(kind, "kind is null");
            this.happenedAt = requireNonNull(happenedAt, "happenedAt is null");
        }

        public Builder put(AuditField field, String text) {
            values.put(field, field.type() == AuditField.Type.JSON ? text : storable(text));
            return this;
        }

        public Builder put(AuditField field, Optional<String> text) {
            text.ifPresent(present -> put(field, present));
            return this;
        }

        /// In their order in the alphabet.
        public Builder put(AuditField field, Collection<String> texts) {
            values.put(field, texts.stream().map(AuditEvent::storable).sorted().collect(toImmutableList()));
            return this;
        }

        public Builder put(AuditField field, long number) {
            values.put(field, number);
            return this;
        }

        public Builder put(AuditField field, boolean flag) {
            values.put(field, flag);
            return this;
        }

        public Builder put(AuditField field, Instant time) {
            values.put(field, time);
            return this;
        }

        public AuditEvent build() {
            return new AuditEvent(UUID.randomUUID(), happenedAt, kind, ImmutableMap.copyOf(values));
        }
    }
}
