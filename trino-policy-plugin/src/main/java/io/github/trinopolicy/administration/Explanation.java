package io.github.trinopolicy.administration;

import static java.util.Locale.ENGLISH;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import io.github.trinopolicy.decision.Column;
import io.github.trinopolicy.decision.Entitlements;
import io.github.trinopolicy.decision.PolicyEvaluator;
import io.github.trinopolicy.decision.PolicySnapshot;
import io.github.trinopolicy.decision.TableDecision;
import io.github.trinopolicy.decision.TableDecision.FilterDecision;
import io.github.trinopolicy.decision.TableDecision.Reason;
import io.github.trinopolicy.decision.TableExplanation;
import io.github.trinopolicy.decision.TableExplanation.MaskVerdict;
import io.github.trinopolicy.enforcement.Roles;
import io.github.trinopolicy.enforcement.UngovernedTables;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.policy.Subject;
import io.trino.spi.connector.ConnectorSession;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Says in words why a user sees of a table what he sees.
public final class Explanation {
    public static final List<String> COLUMNS = ImmutableList.of("kind", "column_name", "policy", "effect", "expression", "reason");

    private final PolicyEvaluator evaluator;
    private final Roles roles;
    private final UngovernedTables ungovernedTables;
    private final TableDescriber describer;
    private final Clock clock;

    public Explanation(PolicyEvaluator evaluator, Roles roles, UngovernedTables ungovernedTables, TableDescriber describer, Clock clock) {
        this.evaluator = requireNonNull(evaluator, "evaluator is null");
        this.roles = requireNonNull(roles, "roles is null");
        this.ungovernedTables = requireNonNull(ungovernedTables, "ungovernedTables is null");
        this.describer = requireNonNull(describer, "describer is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    /// A user as the store knows him.
    ///
    /// @param groups further groups, of which only Trino may know
    public Subject subject(PolicySnapshot snapshot, String user, Set<String> groups) {
        return Entitlements.of(snapshot, user, groups, clock.instant());
    }

    /// Who asks, from the one who may know least.
    public enum Audience {
        /// about himself; learns nothing of a table that he may not read
        ONESELF,
        /// the table's owner; learns what applies to a user, and not his values
        OWNER,
        /// an administrator or auditor, who may read all policies; learns what is wrong with a broken one
        AUDITOR,
    }

    public List<List<@Nullable String>> explain(ConnectorSession session, PolicySnapshot snapshot, Subject subject, ObjectName table,
            Audience audience) {
        List<List<@Nullable String>> rows = new ArrayList<>();
        if (roles.isExempt(subject)) {
            rows.add(row("access", null, null, "own", null, "exempt by configuration (policy.exempt-users, policy.exempt-groups)"));
            return rows;
        }
        if (!snapshot.isGoverned(table)) {
            rows.add(row("access", null, null, ungovernedTables.name().toLowerCase(ENGLISH), null,
                    "the table is not registered (policy.ungoverned-tables)"));
            return rows;
        }
        boolean readable = evaluator.access(snapshot, subject, table).level().isPresent();
        // a table that may not be read is not described to the user either
        boolean described = readable || audience != Audience.ONESELF;
        List<Column> columns = described ? describer.describe(session, table).orElse(ImmutableList.of()) : ImmutableList.of();
        TableExplanation explanation = evaluator.explain(snapshot, subject, table, columns);
        TableDecision decision = explanation.decision();
        rows.add(row("access", null, null, decision.access().level().map(level -> level.name().toLowerCase(ENGLISH)).orElse("none"), null,
                readable ? "by the policies below" : refusal(decision)));
        for (Reason reason : decision.access().reasons()) {
            rows.add(row("access", null, reason.policy(), reason.effect(), null,
                    reason.reason() + problem(snapshot, reason.policy(), audience)));
        }
        if (described) {
            for (FilterDecision filter : decision.filters()) {
                rows.add(row("row-filter", null, filter.policy(), filter.expression().isPresent() ? "filters" : "does not apply",
                        expression(filter.expression(), audience), filter.reason()));
            }
            for (Column column : columns) {
                for (MaskVerdict mask : explanation.masks(column.name())) {
                    rows.add(row("mask", mask.part().orElse(column.name()), mask.policy().orElse(null), mask.effect(),
                            expression(mask.expression(), audience),
                            mask.reason() + mask.policy().map(policy -> problem(snapshot, policy, audience)).orElse("")));
                }
            }
        }
        return rows;
    }

    private static String refusal(TableDecision decision) {
        List<String> closing = decision.access().reasons().stream().filter(reason -> reason.effect().equals("closes the table"))
                .map(Reason::policy).distinct().sorted().toList();
        return decision.access().outside().map("the table is %s"::formatted)
                .orElseGet(() -> closing.isEmpty() ? "no grant holds" : "closed by " + String.join(", ", closing));
    }

    /// An expression holds what the user is entitled to, which is no business of a table's owner.
    private static @Nullable String expression(Optional<String> expression, Audience audience) {
        return audience == Audience.OWNER ? null : expression.orElse(null);
    }

    /// The words of an error quote the policy, so they are for those who may read it.
    private static String problem(PolicySnapshot snapshot, String policy, Audience audience) {
        return audience == Audience.AUDITOR ? snapshot.brokenReason(policy).map(reason -> ": " + reason).orElse("") : "";
    }

    private static List<@Nullable String> row(@Nullable String... values) {
        return Arrays.asList(values);
    }
}
