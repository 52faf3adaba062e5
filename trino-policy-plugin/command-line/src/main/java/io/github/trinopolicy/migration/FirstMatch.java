package io.github.trinopolicy.migration;

import com.google.common.collect.ImmutableList;
import java.util.List;
import java.util.function.Predicate;

/// A list of rules of which the first that matches decides, as conditions on the user. Where it is not certain whether a rule matches, the
/// least of what the rule and the later ones give counts, so that a rule that cannot be told exactly never opens anything.
///
/// @param steps the rules that are or may be for one object, in their order
record FirstMatch<R>(List<Step<R>> steps) {
    FirstMatch {
        steps = ImmutableList.copyOf(steps);
    }

    /// @param coverage never `NO`
    record Step<R>(R rule, Who who, Coverage coverage) {
        /// Those for whom the rule certainly decides unless an earlier one does.
        Condition certain() {
            return coverage == Coverage.YES ? who.certain() : Condition.NOBODY;
        }

        boolean isExact() {
            return coverage == Coverage.YES && who.isExact();
        }
    }

    /// Those to whom the list gives what `gives` tells of a rule. Without a rule that matches nothing is given.
    Condition given(Predicate<R> gives) {
        Condition result = Condition.NOBODY;
        for (Step<R> step : steps.reversed()) {
            result = gives.test(step.rule())
                    ? Condition.any(step.certain(), result)
                    : Condition.all(Condition.not(step.who().possible()), result);
        }
        return result;
    }

    /// Those for whom the step may decide.
    Condition reaching(Step<R> step) {
        Condition result = step.who().possible();
        for (Step<R> earlier : steps.subList(0, steps.indexOf(step)).reversed()) {
            result = Condition.all(Condition.not(earlier.certain()), result);
        }
        return result;
    }
}
