package io.github.trinopolicy.decision;

import static java.util.Locale.ENGLISH;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import io.github.trinopolicy.decision.TableDecision.AccessDecision;
import io.github.trinopolicy.decision.TableDecision.Reason;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.model.Policy.Level;
import io.github.trinopolicy.policy.PartialEvaluator;
import io.github.trinopolicy.policy.Subject;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Decides at which level a table is usable: grants OR, guardrails AND, a broken policy closes. Thread-safe.
final class AccessEvaluator {
    private final PartialEvaluator evaluator;

    AccessEvaluator(PartialEvaluator evaluator) {
        this.evaluator = requireNonNull(evaluator, "evaluator is null");
    }

    AccessDecision decide(PolicySnapshot snapshot, Subject subject, TableFacts table) {
        ImmutableList.Builder<Reason> reasons = ImmutableList.builder();
        Optional<Level> level = Optional.empty();
        for (CompiledPolicy.Grant grant : inOrder(snapshot.grants().concerning(table.name(), table.tags()))) {
            boolean holds = evaluator.holds(grant.to(), subject);
            reasons.add(new Reason(grant.name(), holds ? "grants " + lower(grant.level()) : "grants nothing", "'to' " + verdict(holds)));
            if (holds && level.filter(given -> given.includes(grant.level())).isEmpty()) {
                level = Optional.of(grant.level());
            }
        }
        boolean closed = false;
        for (CompiledPolicy.Guardrail guardrail : inOrder(snapshot.guardrails().concerning(table.name(), table.tags()))) {
            boolean holds = evaluator.holds(guardrail.condition(), subject);
            reasons.add(new Reason(guardrail.name(), holds ? "lets pass" : "closes the table", "'guardrail' " + verdict(holds)));
            closed |= !holds;
        }
        Set<String> allTags = table.allTags();
        for (CompiledPolicy.Broken broken : inOrder(snapshot.broken().concerning(table.name(), allTags))) {
            if (!broken.closes(table)) {
                continue;
            }
            reasons.add(new Reason(broken.name(), "closes the table", TableDecision.DOES_NOT_COMPILE));
            closed = true;
        }
        Optional<String> outside = outside(snapshot, subject, table.name());
        return new AccessDecision(closed || outside.isPresent() ? Optional.empty() : level, reasons.build(), outside);
    }

    private static Optional<String> outside(PolicySnapshot snapshot, Subject subject, ObjectName table) {
        if (subject.lostProject().isPresent()) {
            return Optional
                    .of("closed while the current project is '%s', which does not exist any more or of which %s is no member any more; "
                            .formatted(subject.lostProject().get(), subject.user())
                            + "CALL policy.session.leave_project(), or use_project with another");
        }
        return subject.project()
                .filter(name -> snapshot.project(name).stream().flatMap(project -> project.dataSources().stream())
                        .noneMatch(dataSource -> dataSource.contains(table)))
                .map(name -> "outside of project '%s'; CALL policy.session.leave_project(), or connect without the extra credential policy.project"
                        .formatted(name));
    }

    /// The order of documents decides nothing, not even in which order reasons are told.
    private static <P extends CompiledPolicy> List<P> inOrder(Collection<P> policies) {
        return ImmutableList.sortedCopyOf(Comparator.comparing(CompiledPolicy::name), policies);
    }

    private static String lower(Level level) {
        return level.name().toLowerCase(ENGLISH);
    }

    private static String verdict(boolean holds) {
        return holds ? "holds" : "does not hold";
    }
}
