package io.github.trinopolicy.migration;

import static java.util.Objects.requireNonNull;

/// For whom a foreign rule is, as far as a condition can say it: certainly for those of `certain`, certainly not for those outside of
/// `possible`. Both are the same where the rule can be carried over exactly.
record Who(Condition certain, Condition possible) {
    Who {
        requireNonNull(certain, "certain is null");
        requireNonNull(possible, "possible is null");
    }

    static Who exactly(Condition condition) {
        return new Who(condition, condition);
    }

    Who and(Who other) {
        return new Who(Condition.all(certain, other.certain), Condition.all(possible, other.possible));
    }

    boolean isExact() {
        return certain.equals(possible);
    }
}
