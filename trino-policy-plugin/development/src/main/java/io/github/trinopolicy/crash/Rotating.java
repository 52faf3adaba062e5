package io.github.trinopolicy.crash;

import static java.util.Objects.requireNonNull;

import java.sql.SQLException;
import java.time.Duration;
import java.util.random.RandomGenerator;

/// Gives the table a new key.
record Rotating(Account administrator, KeyVersions keys, Findings findings, RandomGenerator random) implements Act {
    Rotating {
        requireNonNull(administrator, "administrator is null");
        requireNonNull(keys, "keys is null");
        requireNonNull(findings, "findings is null");
        requireNonNull(random, "random is null");
    }

    @Override
    public String kind() {
        return "keys rotated";
    }

    @Override
    public void perform() throws SQLException {
        KeyVersions.Family family = random.nextInt(3) == 0 ? KeyVersions.Family.FORMAT_PRESERVING : KeyVersions.Family.REVERSIBLE;
        int before = keys.newest(family);
        administrator.ask("CALL policy.admin.rotate_keys('%s', '%s')".formatted(Person.TABLE, family.policyName()));
        int after = keys.newest(family);
        if (after <= before) {
            findings.add("rotate_keys succeeded, and the %s key still has version %s".formatted(family.policyName(), after));
        }
        keys.establish(family, after);
    }

    @Override
    public Duration rest() {
        return Duration.ofMillis(500);
    }
}
