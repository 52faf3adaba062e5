package io.github.trinopolicy.model;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a mask policy makes of a value.
public sealed interface Mask {
    Type type();

    /// The types in the order of their strength, the strongest first.
    enum Type {
        NULL("null"),
        CONSTANT("constant"),
        K_ANONYMITY("k-anonymity"),
        RANDOMIZED_RESPONSE("randomized-response"),
        HASH("hash"),
        FORMAT_PRESERVING("format-preserving"),
        REVERSIBLE("reversible"),
        ROUNDING("rounding"),
        REGEX("regex"),
        CUSTOM("custom");

        private final String documentName;

        Type(String documentName) {
            this.documentName = documentName;
        }

        /// The name as a bundle writes it.
        public String documentName() {
            return documentName;
        }
    }

    record Null() implements Mask {
        @Override
        public Type type() {
            return Type.NULL;
        }
    }

    /// @param value as written in the bundle; read as a literal of the column's type
    record Constant(String value) implements Mask {
        @Override
        public Type type() {
            return Type.CONSTANT;
        }
    }

    record Hash() implements Mask {
        @Override
        public Type type() {
            return Type.HASH;
        }
    }

    record Reversible(boolean keepEquality) implements Mask {
        @Override
        public Type type() {
            return Type.REVERSIBLE;
        }
    }

    record FormatPreserving(Optional<Alphabet> alphabet) implements Mask {
        @Override
        public Type type() {
            return Type.FORMAT_PRESERVING;
        }
    }

    enum Alphabet {
        DIGITS,
        LOWER,
        UPPER,
        LETTERS,
        ALPHANUMERIC,
    }

    record Regex(String pattern, String replacement, boolean firstOnly, NoMatch noMatch) implements Mask {
        @Override
        public Type type() {
            return Type.REGEX;
        }
    }

    enum NoMatch {
        NULL,
        KEEP,
    }

    record Rounding(Granularity granularity) implements Mask {
        @Override
        public Type type() {
            return Type.ROUNDING;
        }
    }

    sealed interface Granularity {
        /// @param size a positive decimal number, as written
        record Bucket(String size) implements Granularity {}

        record Unit(ChronoUnit unit) implements Granularity {}

        record FromFingerprint() implements Granularity {}
    }

    record KAnonymity(int k, boolean setLabels, boolean keepNull, List<String> strata, Map<String, Hierarchy> hierarchies,
            Optional<LDiversity> lDiversity) implements Mask {
        public KAnonymity {
            strata = ImmutableList.copyOf(strata);
            hierarchies = ImmutableMap.copyOf(hierarchies);
        }

        @Override
        public Type type() {
            return Type.K_ANONYMITY;
        }
    }

    record Hierarchy(boolean prefix) {}

    record LDiversity(String column, int l) {}

    /// @param values the domain where it is fixed
    record RandomizedResponse(Noise noise, Optional<List<String>> values, NullHandling nulls, Unseen unseen, Optional<String> lower,
            Optional<String> upper, Optional<Mechanism> mechanism) implements Mask {
        public RandomizedResponse {
            values = values.map(ImmutableList::copyOf);
        }

        @Override
        public Type type() {
            return Type.RANDOMIZED_RESPONSE;
        }
    }

    sealed interface Noise {
        record Epsilon(double epsilon) implements Noise {}

        record ReplacementRate(double rate) implements Noise {}
    }

    enum NullHandling {
        KEEP,
        CATEGORY,
        NULL,
    }

    enum Unseen {
        UNIFORM,
        NULL,
    }

    enum Mechanism {
        HYBRID,
        LAPLACE,
    }

    /// @param expression Trino SQL over the row, with the policy functions
    record Custom(String expression) implements Mask {
        @Override
        public Type type() {
            return Type.CUSTOM;
        }
    }
}
