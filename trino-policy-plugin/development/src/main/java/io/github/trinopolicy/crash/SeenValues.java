package io.github.trinopolicy.crash;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;

/// Masked values that somebody saw. Thread-safe.
final class SeenValues {
    private static final int MOST_TOKENS = 5_000;
    // a tenth of those seen is plenty
    private static final int ONE_IN = 10;

    private final RandomGenerator random;
    private final List<Token> tokens = new ArrayList<>();
    private final Map<Person, String> hashes = new ConcurrentHashMap<>();

    private record Token(String text, Person person) {}

    SeenValues(RandomGenerator random) {
        this.random = requireNonNull(random, "random is null");
    }

    /// Keeps some, of all times.
    synchronized void token(String text, Person person) {
        if (random.nextInt(ONE_IN) != 0) {
            return;
        }
        Token token = new Token(text, person);
        if (tokens.size() < MOST_TOKENS) {
            tokens.add(token);
        }
        else {
            tokens.set(random.nextInt(MOST_TOKENS), token);
        }
    }

    /// Some, each with the address that is behind it.
    synchronized Map<String, String> tokens(int most) {
        ImmutableMap.Builder<String, String> some = ImmutableMap.builder();
        for (int i = 0; i < most && !tokens.isEmpty(); i++) {
            Token token = tokens.get(random.nextInt(tokens.size()));
            some.put(token.text(), token.person().email());
        }
        return some.buildKeepingLast();
    }

    /// Whether this is what was seen at first.
    boolean isTheHash(Person person, String hash) {
        String first = hashes.putIfAbsent(person, hash);
        return first == null || first.equals(hash);
    }
}
