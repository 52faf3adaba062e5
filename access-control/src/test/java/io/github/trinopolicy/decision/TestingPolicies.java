package io.github.trinopolicy.decision;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.github.trinopolicy.model.ColumnName;
import io.github.trinopolicy.model.ColumnSelector;
import io.github.trinopolicy.model.Mask;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.model.ObjectSelector;
import io.github.trinopolicy.model.Policy;
import io.github.trinopolicy.model.Policy.Access;
import io.github.trinopolicy.model.Policy.AccessRule;
import io.github.trinopolicy.model.Policy.Beneficiary;
import io.github.trinopolicy.model.Policy.Body;
import io.github.trinopolicy.model.Policy.ColumnReference;
import io.github.trinopolicy.model.Policy.Impersonation;
import io.github.trinopolicy.model.Policy.Level;
import io.github.trinopolicy.model.Policy.MaskRule;
import io.github.trinopolicy.model.Policy.Masking;
import io.github.trinopolicy.model.Policy.Reveal;
import io.github.trinopolicy.model.Policy.RowFilter;
import io.github.trinopolicy.model.Policy.RowRule;
import io.github.trinopolicy.model.Policy.State;
import io.github.trinopolicy.model.Principals;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// Short forms of policies and selectors for tests.
public final class TestingPolicies {
    public static final Mask NULL = new Mask.Null();
    static final Mask UNSUPPORTED = new Mask.KAnonymity(5, false, true, ImmutableList.of(), ImmutableMap.of(), Optional.empty());
    public static final Mask HASH = new Mask.Hash();

    private TestingPolicies() {
    }

    public static Policy grant(String name, Level level, String to, ObjectSelector appliesTo) {
        return policy(name, new Access(appliesTo, new AccessRule.Grant(level, to)));
    }

    public static Policy guardrail(String name, String condition, ObjectSelector appliesTo) {
        return policy(name, new Access(appliesTo, new AccessRule.Guardrail(condition)));
    }

    public static Policy where(String name, String condition, ObjectSelector appliesTo) {
        return policy(name, new RowFilter(appliesTo, new RowRule.Where(condition)));
    }

    public static Policy matches(String name, Optional<String> attribute, ColumnReference column, ObjectSelector appliesTo) {
        return policy(name, new RowFilter(appliesTo, new RowRule.Matches(attribute, column)));
    }

    public static Policy mask(String name, Mask mask, ColumnSelector columns) {
        return masks(name, columns, new MaskRule(Optional.empty(), mask));
    }

    public static Policy masks(String name, ColumnSelector columns, MaskRule... rules) {
        return policy(name, new Masking(columns, ImmutableList.copyOf(rules), Optional.empty(), 0));
    }

    public static Policy reveal(String name, ColumnSelector columns, String condition) {
        return policy(name, new Reveal(columns, new Beneficiary.Condition(condition)));
    }

    /// Reveals to those whose attribute holds the tag of the column, or an ancestor of it.
    public static Policy revealByAttribute(String name, ColumnSelector columns, String attribute) {
        return policy(name, new Reveal(columns, new Beneficiary.AttributeMatchesTag(attribute)));
    }

    public static Policy impersonation(String name, String who, Set<String> users, Set<String> groups) {
        return policy(name, new Impersonation(who, new Principals(users, groups)));
    }

    public static Policy policy(String name, Body body) {
        return new Policy(name, Optional.empty(), State.ACTIVE, Optional.empty(), body);
    }

    public static Policy exempt(Policy policy, String condition) {
        return new Policy(policy.name(), policy.description(), policy.state(), Optional.of(condition), policy.body());
    }

    public static Policy staged(Policy policy) {
        return new Policy(policy.name(), policy.description(), State.STAGED, policy.exempt(), policy.body());
    }

    public static Policy renamed(Policy policy, String name) {
        return new Policy(name, policy.description(), policy.state(), policy.exempt(), policy.body());
    }

    /// The mask policy, applied unless `condition` is certainly false.
    public static Policy conditional(Policy policy, String condition) {
        Masking masking = (Masking) policy.body();
        return withBody(policy, new Masking(masking.columns(), masking.rules(), Optional.of(condition), masking.priority()));
    }

    public static Policy priority(Policy policy, int priority) {
        Masking masking = (Masking) policy.body();
        return withBody(policy, new Masking(masking.columns(), masking.rules(), masking.condition(), priority));
    }

    private static Policy withBody(Policy policy, Body body) {
        return new Policy(policy.name(), policy.description(), policy.state(), policy.exempt(), body);
    }

    public static Mask constant(String value) {
        return new Mask.Constant(value);
    }

    public static ObjectSelector everywhere() {
        return new ObjectSelector(ImmutableSet.of(), ImmutableSet.of(), true);
    }

    public static ObjectSelector tables(String... names) {
        return new ObjectSelector(ImmutableSet.of(), objects(names), false);
    }

    public static ObjectSelector tagged(String... tags) {
        return new ObjectSelector(ImmutableSet.copyOf(tags), ImmutableSet.of(), false);
    }

    public static ColumnSelector columns(String... names) {
        return new ColumnSelector(Stream.of(names).map(ColumnName::parse).collect(ImmutableSet.toImmutableSet()), Optional.empty(),
                ImmutableSet.of(), ImmutableSet.of(), ImmutableSet.of(), Optional.empty());
    }

    public static ColumnSelector columnsLike(String pattern) {
        return new ColumnSelector(ImmutableSet.of(), Optional.of(pattern), ImmutableSet.of(), ImmutableSet.of(), ImmutableSet.of(),
                Optional.empty());
    }

    public static ColumnSelector columnsTagged(String... tags) {
        return new ColumnSelector(ImmutableSet.of(), Optional.empty(), ImmutableSet.copyOf(tags), ImmutableSet.of(), ImmutableSet.of(),
                Optional.empty());
    }

    public static ColumnSelector columnsIn(String... objects) {
        return new ColumnSelector(ImmutableSet.of(), Optional.empty(), ImmutableSet.of(), objects(objects), ImmutableSet.of(),
                Optional.empty());
    }

    /// @param types narrows; empty: all
    /// @param not leaves out
    public static ColumnSelector narrowed(ColumnSelector columns, Set<String> types, Optional<ColumnSelector> not) {
        return new ColumnSelector(columns.names(), columns.pattern(), columns.tags(), columns.in(), types, not);
    }

    private static ImmutableSet<ObjectName> objects(String... names) {
        return Stream.of(names).map(ObjectName::parse).collect(ImmutableSet.toImmutableSet());
    }
}
