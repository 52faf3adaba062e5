package io.github.trinopolicy.bundle;

import io.github.trinopolicy.model.Policy.AgeLimit;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.regex.Pattern;

/// Reads points in time and lengths of time.
final class TimeReader {
    private static final Pattern INSTANT = Pattern
            .compile("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})");
    private static final Pattern DURATION = Pattern.compile("[1-9][0-9]{0,5}[smhd]");
    private static final Pattern AGE_LIMIT = Pattern.compile("[1-9][0-9]{0,5}[mhd]|[1-9][0-9]{0,3}y");

    private TimeReader() {
    }

    /// A point in time with its offset from UTC, at most to the microsecond.
    static Optional<Instant> instant(Value value) {
        return value.text().flatMap(text -> {
            String expected = "a time such as 2027-01-01T00:00:00Z is expected, not " + Wording.quoted(text);
            if (!INSTANT.matcher(text).matches()) {
                return value.fail(expected);
            }
            try {
                return Optional.of(OffsetDateTime.parse(text).toInstant());
            }
            catch (DateTimeException _) {
                return value.fail(expected);
            }
        });
    }

    /// How often something is done: an amount from 1 to 999,999 and `s`, `m` (minutes), `h` or `d`.
    static Optional<Duration> duration(Value value) {
        return value.text().flatMap(text -> {
            if (!DURATION.matcher(text).matches()) {
                return value.fail("a length of time such as 10m or 1d (s, m, h, d) is expected, not " + Wording.quoted(text));
            }
            long amount = amount(text);
            return Optional.of(switch (unit(text)) {
                case 's' -> Duration.ofSeconds(amount);
                case 'm' -> Duration.ofMinutes(amount);
                case 'h' -> Duration.ofHours(amount);
                case 'd' -> Duration.ofDays(amount);
                default -> throw new IllegalStateException("the pattern lets no other unit pass");
            });
        });
    }

    /// An age of rows: an amount from 1 to 999,999 and `m` (minutes), `h` or `d`, or up to 9,999 and `y`.
    static Optional<AgeLimit> ageLimit(Value value) {
        return value.text()
                .flatMap(text -> AGE_LIMIT.matcher(text).matches()
                        ? Optional.of(new AgeLimit(amount(text), unit(text)))
                        : value.fail("an age such as 90d (m for minutes, h, d, y) is expected, not " + Wording.quoted(text)));
    }

    private static long amount(String text) {
        return Long.parseLong(text.substring(0, text.length() - 1));
    }

    private static char unit(String text) {
        return text.charAt(text.length() - 1);
    }
}
