package io.github.trinopolicy.commandline;

import io.github.trinopolicy.bundle.Position;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The second place that some messages name, as in `..., first at line 3, column 1`.
final class PlacesInMessages {
    private static final Pattern FIRST_AT = Pattern.compile("first at line ([0-9]{1,9}), column ([0-9]{1,9})");

    private PlacesInMessages() {
    }

    static String replace(String message, Function<Position, String> place) {
        return FIRST_AT.matcher(message).replaceAll(match -> Matcher.quoteReplacement("first at "
                + place.apply(new Position(Integer.parseInt(match.group(1)), Integer.parseInt(match.group(2))))));
    }
}
