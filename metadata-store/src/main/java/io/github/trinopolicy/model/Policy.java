package io.github.trinopolicy.model;

import com.google.common.collect.ImmutableList;
import java.util.List;
import java.util.Optional;

/// A policy document.
///
/// @param exempt condition on the user under which a row filter or a mask does not apply
public record Policy(String name, Optional<String> description, State state, Optional<String> exempt, Body body) implements PolicyObject {
    @Override
    public Kind kind() {
        return Kind.POLICY;
    }

    public enum State {
        ACTIVE,
        /// stored and shown by plan and impact, not enforced
        STAGED,
    }

    public enum Level {
        READ,
        /// includes read
        WRITE,
        /// includes write
        OWN;

        public boolean includes(Level other) {
            return compareTo(other) >= 0;
        }
    }

    public sealed interface Body {
        /// The value of `type:` in the document.
        String type();
    }

    /// Grants a level to those for whom `to` holds, or closes the tables to those for whom `guardrail` does not hold.
    public record Access(ObjectSelector appliesTo, AccessRule rule) implements Body {
        @Override
        public String type() {
            return "access";
        }
    }

    public sealed interface AccessRule {
        record Grant(Level level, String to) implements AccessRule {}

        record Guardrail(String condition) implements AccessRule {}
    }

    public record RowFilter(ObjectSelector appliesTo, RowRule rule) implements Body {
        @Override
        public String type() {
            return "row-filter";
        }
    }

    public sealed interface RowRule {
        /// The values of an attribute, or the names of the groups where `attribute` is absent, equal the column.
        record Matches(Optional<String> attribute, ColumnReference column) implements RowRule {}

        record Where(String condition) implements RowRule {}

        record TimeWindow(boolean newer, AgeLimit limit) implements RowRule {}

        record Minimize(double percent) implements RowRule {}

        record Purposes(List<String> purposes) implements RowRule {
            public Purposes {
                purposes = ImmutableList.sortedCopyOf(purposes);
            }
        }
    }

    /// A length of time in the unit in which it was written: `90d`, `6m` (minutes), `1y`.
    public record AgeLimit(long amount, char unit) {
        @Override
        public String toString() {
            return "" + amount + unit;
        }
    }

    /// A column of whichever table a policy is applied to.
    public sealed interface ColumnReference {
        record ByTag(String tag) implements ColumnReference {}

        record ByName(String name) implements ColumnReference {}
    }

    /// Masks the selected columns.
    ///
    /// @param rules the first rule that fits the user counts
    /// @param condition a row is masked unless this is certainly false
    public record Masking(ColumnSelector columns, List<MaskRule> rules, Optional<String> condition, int priority) implements Body {
        public Masking {
            rules = ImmutableList.copyOf(rules);
        }

        @Override
        public String type() {
            return "mask";
        }
    }

    /// A mask for some users.
    ///
    /// @param forWhom condition on the user; absent: everyone
    public record MaskRule(Optional<String> forWhom, Mask mask) {}

    public record Reveal(ColumnSelector columns, Beneficiary to) implements Body {
        @Override
        public String type() {
            return "reveal";
        }
    }

    public record Unmask(ColumnSelector columns, Beneficiary to) implements Body {
        @Override
        public String type() {
            return "unmask";
        }
    }

    public sealed interface Beneficiary {
        /// A user whose attribute holds the column's tag or an ancestor of it.
        record AttributeMatchesTag(String attribute) implements Beneficiary {}

        record Condition(String text) implements Beneficiary {}
    }

    public record Impersonation(String who, Principals as) implements Body {
        @Override
        public String type() {
            return "impersonation";
        }
    }
}
