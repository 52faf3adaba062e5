package io.github.trinopolicy.decision;

import static com.google.common.collect.ImmutableList.toImmutableList;

import com.google.common.collect.ImmutableList;
import io.github.trinopolicy.decision.TableDecision.AccessDecision;
import io.github.trinopolicy.decision.TableDecision.ColumnDecision;
import io.github.trinopolicy.decision.TableDecision.FilterDecision;
import io.github.trinopolicy.decision.TableDecision.Reason;
import io.github.trinopolicy.decision.TableExplanation.MaskVerdict;
import io.github.trinopolicy.model.Policy.Level;
import io.github.trinopolicy.policy.PartialEvaluator;
import io.github.trinopolicy.policy.TrinoSql;
import io.trino.sql.tree.Expression;
import io.trino.sql.tree.NullLiteral;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// Puts together what is decided for a user and what is decided for what all members of his equalized project have in common. Both are
/// obeyed: less is shown than to the user outside, and than to whoever has only what is common.
final class Equalization {
    private static final String FOR_ALL = "by what all members of the equalized project have in common: ";

    private Equalization() {
    }

    static AccessDecision access(AccessDecision own, AccessDecision common) {
        Optional<Level> level = own.level().isEmpty() || common.level().isEmpty()
                ? Optional.empty()
                : Optional.of(own.level().get().includes(common.level().get()) ? common.level().get() : own.level().get());
        List<Reason> others = common.reasons().stream().filter(reason -> !own.reasons().contains(reason))
                .map(reason -> new Reason(reason.policy(), reason.effect(), FOR_ALL + reason.reason())).collect(toImmutableList());
        return new AccessDecision(level, ImmutableList.<Reason>builder().addAll(own.reasons()).addAll(others).build(),
                own.outside().or(common::outside));
    }

    static List<FilterDecision> filters(List<FilterDecision> own, List<FilterDecision> common) {
        List<FilterDecision> others = common.stream()
                .filter(filter -> filter.expression().isPresent() && own.stream().noneMatch(mine -> isSame(mine, filter)))
                .map(filter -> new FilterDecision(filter.policy(), filter.expression(), filter.words(), FOR_ALL + filter.reason(),
                        filter.underException()))
                .collect(toImmutableList());
        return ImmutableList.sortedCopyOf(Comparator.comparing(FilterDecision::policy),
                ImmutableList.<FilterDecision>builder().addAll(own).addAll(others).build());
    }

    private static boolean isSame(FilterDecision a, FilterDecision b) {
        return a.policy().equals(b.policy()) && a.expression().equals(b.expression());
    }

    static ColumnDecision column(Column column, ColumnDecision own, CellChoice ownChoice, ColumnDecision common, CellChoice commonChoice,
            String catalog) {
        CellChoice both = CellChoice.strictest(ownChoice, commonChoice);
        boolean underException = own.underException() || common.underException();
        if (both.equals(ownChoice)) {
            return new ColumnDecision(own.policy(), own.expression(), own.effect(), own.reason(), underException);
        }
        if (both.equals(commonChoice)) {
            return new ColumnDecision(common.policy(), common.expression(), common.effect(), FOR_ALL + common.reason(), underException);
        }
        Expression expression = both.expression(PartialEvaluator.columnReference(column.name()));
        return new ColumnDecision(own.policy().or(common::policy), Optional.of(TrinoSql.columnMask(catalog, expression)),
                expression instanceof NullLiteral ? "null" : own.effect(),
                "%s (%s), and %s%s (%s)".formatted(own.effect(), own.reason(), FOR_ALL, common.effect(), common.reason()), underException);
    }

    /// Of a column of which parts are masked: NULL where the two masks differ.
    static ColumnDecision columnWithParts(ColumnDecision own, ColumnDecision common) {
        boolean underException = own.underException() || common.underException();
        if (common.expression().isEmpty() || own.expression().equals(common.expression())) {
            return new ColumnDecision(own.policy(), own.expression(), own.effect(), own.reason(), underException);
        }
        if (own.expression().isEmpty()) {
            return new ColumnDecision(common.policy(), common.expression(), common.effect(), FOR_ALL + common.reason(), underException);
        }
        return new ColumnDecision(own.policy().or(common::policy), Optional.of(TrinoSql.format(TrinoSql.nullValue())), "null",
                "parts of it are masked in one way by what the user is entitled to, and in another by what all members of the equalized "
                        + "project have in common",
                underException);
    }

    /// What was weighed for the user, and then for all members.
    static List<MaskVerdict> verdicts(ColumnDecision decision, List<MaskVerdict> own, List<MaskVerdict> common) {
        if (own.equals(common)) {
            return own;
        }
        ImmutableList.Builder<MaskVerdict> verdicts = ImmutableList.builder();
        verdicts.add(MaskVerdict.of(decision, ""));
        own.forEach(verdict -> verdicts.add(weighed(verdict, "by what the user himself is entitled to: ")));
        common.forEach(verdict -> verdicts.add(weighed(verdict, FOR_ALL)));
        return verdicts.build();
    }

    private static MaskVerdict weighed(MaskVerdict verdict, String by) {
        return new MaskVerdict(verdict.part(), verdict.policy(), "weighed: " + verdict.effect(), Optional.empty(), by + verdict.reason());
    }

    static String appearance(String own, String common) {
        return own.equals(common) ? own : "%s; for all members %s".formatted(own, common);
    }
}
