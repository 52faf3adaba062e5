package io.github.trinopolicy.decision;

import static com.google.common.collect.Sets.difference;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableSet;
import io.github.trinopolicy.decision.ColumnMatcher.Match;
import io.github.trinopolicy.model.ColumnName;
import io.github.trinopolicy.model.ColumnSelector;
import io.github.trinopolicy.model.DataSource;
import io.github.trinopolicy.model.DottedPath;
import io.github.trinopolicy.model.KnownTable;
import io.github.trinopolicy.model.Mask;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.model.ObjectSelector;
import io.github.trinopolicy.model.Policy;
import io.github.trinopolicy.model.Policy.ColumnReference;
import io.github.trinopolicy.policy.TrinoSql;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// Tells whether a change of what is said of one data source could let anybody see more.
///
/// Users need no declaration, so no list of them would do: the answer follows from the policies that concern the tables in question, and
/// holds for every user and every row. Where that cannot be told, the answer is that somebody could.
///
/// Approving a column, or giving the first tag to one of a `tagged-only` data source, shows what policies say of it. That is what approving
/// is for, so it does not count.
public final class Declassification {
    /// Stands for every name that no policy names.
    private static final String ANY_OTHER = "";

    private final PolicySnapshot before;
    private final PolicySnapshot after;

    private Declassification(PolicySnapshot before, PolicySnapshot after) {
        this.before = requireNonNull(before, "before is null");
        this.after = requireNonNull(after, "after is null");
    }

    /// Why somebody could see more, as the end of a sentence about the change; empty where for certain nobody does. Names no policy.
    ///
    /// @param after differs from `before` in what is said of the data source `changed`, and in approvals, alone
    public static Optional<String> reason(PolicySnapshot before, PolicySnapshot after, ObjectName changed) {
        Declassification declassification = new Declassification(before, after);
        return declassification.tables(changed).stream().map(declassification::reason).flatMap(Optional::stream).findFirst();
    }

    private Optional<String> reason(ObjectName name) {
        TableConcern old = TableConcern.of(before, name);
        TableConcern changed = TableConcern.of(after, name);
        if (!old.table().governed()) {
            return changed.table().governed() && !changed.grants().isEmpty()
                    ? Optional.of("it would become governed, and a policy grants access to it")
                    : Optional.empty();
        }
        return facts(old.table(), changed.table())
                .or(() -> grants(old, changed))
                .or(() -> columnsByDescription(old, changed.table()))
                .or(() -> columnsByTag(old, changed.table()))
                .or(() -> leavesOut(old, changed.table()))
                .or(() -> masks(old, changed))
                .or(() -> reveals(old, changed))
                .or(() -> unmasks(old, changed));
    }

    private static Optional<String> facts(TableFacts old, TableFacts changed) {
        if (!changed.governed()) {
            return Optional.of("it would no longer be governed");
        }
        boolean untagged = !changed.tags().containsAll(old.tags())
                || old.columnNames().stream().anyMatch(column -> !changed.columnTags(column).containsAll(old.columnTags(column)));
        if (untagged) {
            return Optional.of("a tag would be taken away");
        }
        return changed.newColumns().compareTo(old.newColumns()) > 0
                ? Optional.of("columns that nobody has approved would be shown")
                : Optional.empty();
    }

    private static Optional<String> grants(TableConcern old, TableConcern changed) {
        return difference(changed.grants(), old.grants()).stream()
                .allMatch(added -> old.grants().stream().anyMatch(grant -> givesNoMore(added, grant)))
                        ? Optional.empty()
                        : Optional.of("a policy grants access by it");
    }

    private static boolean givesNoMore(CompiledPolicy.Grant added, CompiledPolicy.Grant grant) {
        return grant.level().includes(added.level())
                && (TrinoSql.isLiteral(grant.to().expression(), true) || grant.to().text().equals(added.to().text()));
    }

    /// A filter closes a table that does not say which column it is to look at, and with another column it shows other rows.
    private static Optional<String> columnsByDescription(TableConcern old, TableFacts changed) {
        return old.rowFilters().stream().map(CompiledPolicy.RowFilter::rule).anyMatch(rule -> switch (rule) {
            case CompiledPolicy.RowRule.TimeWindow _ -> !old.table().eventTime().equals(changed.eventTime());
            case CompiledPolicy.RowRule.Minimize _ -> !old.table().keyColumns().equals(changed.keyColumns());
            case CompiledPolicy.RowRule.Matches _,CompiledPolicy.RowRule.Where _,CompiledPolicy.RowRule.Purposes _ -> false;
        }) ? Optional.of("a row filter would look at another column") : Optional.empty();
    }

    /// A filter that looks for a tagged column closes a table that has none, and a condition that cannot find its column counts as one that
    /// holds. A column that can now be found may open the one and end the other.
    private static Optional<String> columnsByTag(TableConcern old, TableFacts changed) {
        Set<String> added = changed.columnNames().stream()
                .flatMap(column -> difference(changed.columnTags(column), old.table().columnTags(column)).stream())
                .collect(ImmutableSet.toImmutableSet());
        if (old.rowFilters().stream().anyMatch(filter -> selects(tagsReadBy(filter.rule()), added))) {
            return Optional.of("a row filter looks for a column by it");
        }
        if (old.maskings().stream().anyMatch(masking -> masking.condition().filter(text -> selects(text.tags(), added)).isPresent())) {
            return Optional.of("the condition of a mask looks for a column by it");
        }
        // without the column, such a mask is NULL
        return old.maskings().stream().flatMap(masking -> masking.rules().stream()).map(CompiledPolicy.Rule::expression)
                .flatMap(Optional::stream).anyMatch(text -> selects(text.tags(), added))
                        ? Optional.of("the expression of a mask looks for a column by it")
                        : Optional.empty();
    }

    private static Set<String> tagsReadBy(CompiledPolicy.RowRule rule) {
        return switch (rule) {
            case CompiledPolicy.RowRule.Matches matches -> switch (matches.matches().column()) {
                case ColumnReference.ByTag tag -> ImmutableSet.of(tag.tag());
                case ColumnReference.ByName _ -> ImmutableSet.of();
            };
            case CompiledPolicy.RowRule.Where where -> where.condition().tags();
            case CompiledPolicy.RowRule.TimeWindow _,CompiledPolicy.RowRule.Minimize _,CompiledPolicy.RowRule.Purposes _ ->
                ImmutableSet.of();
        };
    }

    /// A mask, broken or not, that takes columns out by a tag that one of them gets.
    private static Optional<String> leavesOut(TableConcern old, TableFacts changed) {
        // a column may get a tag that another one has already; those that nobody knows get what the table gets
        Set<String> added = added(old.table(), changed);
        Stream<Policy> masks = Stream.<CompiledPolicy>concat(old.maskings().stream(), old.broken().stream()).map(CompiledPolicy::policy);
        return masks.anyMatch(policy -> policy.body() instanceof Policy.Masking masking
                && selects(tagsLeftOut(masking.columns()), added))
                        ? Optional.of("a mask leaves out what has it")
                        : Optional.empty();
    }

    private static Set<String> added(TableFacts old, TableFacts changed) {
        Stream<String> toColumns = changed.columnNames().stream()
                .flatMap(column -> difference(changed.effectiveTags(column), old.effectiveTags(column)).stream());
        return Stream.concat(difference(changed.tags(), old.tags()).stream(), toColumns).collect(ImmutableSet.toImmutableSet());
    }

    private static Set<String> tagsLeftOut(ColumnSelector selector) {
        ImmutableSet.Builder<String> tags = ImmutableSet.builder();
        for (Optional<ColumnSelector> not = selector.not(); not.isPresent(); not = not.get().not()) {
            tags.addAll(not.get().tags());
        }
        return tags.build();
    }

    private static Optional<String> masks(TableConcern old, TableConcern changed) {
        Stream<Optional<String>> columns = Stream.concat(changed.table().columnNames().stream().map(Optional::of),
                Stream.of(Optional.<String>empty()));
        return columns.anyMatch(column -> mayUncover(old, changed, column))
                ? Optional.of("a weaker mask would come before a stronger one")
                : Optional.empty();
    }

    /// True where a mask that selects the column more closely than before could decide instead of one that hides more.
    ///
    /// It is enough to look at pairs. Whatever mask decided before, either it still is outranked by none, or a mask that comes before it does
    /// so newly and hides at least as much; being closer is transitive.
    private static boolean mayUncover(TableConcern old, TableConcern changed, Optional<String> column) {
        Set<String> tagsBefore = column.map(old.table()::effectiveTags).orElse(old.table().tags());
        Set<String> tagsAfter = column.map(changed.table()::effectiveTags).orElse(changed.table().tags());
        if (tagsBefore.equals(tagsAfter)) {
            return false;
        }
        return changed.maskings().stream().anyMatch(masking -> {
            Optional<Match> matchBefore = masking.columns().mayMatch(old.table(), column, tagsBefore);
            Optional<Match> matchAfter = masking.columns().mayMatch(changed.table(), column, tagsAfter);
            if (matchAfter.isPresent() && !matchBefore.equals(matchAfter) && mayRewriteParts(masking, changed, column)) {
                return true;
            }
            return matchAfter.isPresent() && !matchBefore.equals(matchAfter) && changed.maskings().stream()
                    .filter(other -> !other.name().equals(masking.name()) && mayMeet(masking, other))
                    .anyMatch(other -> other.columns().mayMatch(old.table(), column, tagsBefore)
                            .filter(otherBefore -> matchBefore.filter(otherBefore::yieldsTo).isEmpty())
                            .flatMap(_ -> other.columns().mayMatch(changed.table(), column, tagsAfter))
                            .filter(otherAfter -> mayUncover(masking, matchAfter.get(), other, otherAfter)).isPresent());
        });
    }

    /// Masks of parts see what a mask of the whole column leaves, so it could put elsewhere what they hide.
    private static boolean mayRewriteParts(CompiledPolicy.Masking masking, TableConcern changed, Optional<String> column) {
        return masking.rules().stream().anyMatch(rule -> rule.mask().type() == Mask.Type.CUSTOM)
                && column.filter(name -> changed.maskings().stream()
                        .anyMatch(other -> other.columns().partsNamed(changed.table(), name).findAny().isPresent())).isPresent();
    }

    /// A mask is void where all the tags by which it selects a column are laid open, so a further tag lays nothing open. But it can bring a
    /// mask back that was void, and this one may come before one that hides more. What a reveal policy leaves out counts the same.
    private static Optional<String> reveals(TableConcern old, TableConcern changed) {
        Set<String> added = added(old.table(), changed.table());
        if (changed.reveals().stream().anyMatch(reveal -> selects(tagsLeftOut(reveal.reveal().columns()), added))) {
            return Optional.of("a reveal policy leaves out what has it");
        }
        Stream<Optional<String>> columns = Stream.concat(changed.table().columnNames().stream().map(Optional::of),
                Stream.of(Optional.<String>empty()));
        return columns.anyMatch(column -> mayBringBack(old, changed, column))
                ? Optional.of("a weaker mask that a policy reveals would come back before a stronger one")
                : Optional.empty();
    }

    private static boolean mayBringBack(TableConcern old, TableConcern changed, Optional<String> column) {
        Set<String> tagsBefore = column.map(old.table()::effectiveTags).orElse(old.table().tags());
        Set<String> tagsAfter = column.map(changed.table()::effectiveTags).orElse(changed.table().tags());
        return changed.maskings().stream().anyMatch(masking -> {
            Set<String> selecting = masking.columns().selectingTags(tagsBefore);
            return !selecting.equals(masking.columns().selectingTags(tagsAfter))
                    && old.reveals().stream().anyMatch(reveal -> !reveal.columns().selectingTags(selecting).isEmpty())
                    && masking.columns().mayMatch(changed.table(), column, tagsAfter).filter(match -> changed.maskings().stream()
                            .filter(other -> !other.name().equals(masking.name()) && mayMeet(masking, other))
                            .anyMatch(other -> other.columns().mayMatch(changed.table(), column, tagsAfter)
                                    .filter(otherMatch -> mayUncover(masking, match, other, otherMatch)).isPresent()))
                            .isPresent();
        });
    }

    /// What no mask hid before, all who may unmask it now could read: they must be able to use the table. Otherwise a column that a policy
    /// selects newly, or by a further tag, can be unmasked by somebody who could not.
    private static Optional<String> unmasks(TableConcern old, TableConcern changed) {
        return Stream.concat(changed.table().columnNames().stream().map(Optional::of), Stream.of(Optional.<String>empty()))
                .anyMatch(column -> mayUnmask(old, changed, column))
                        ? Optional.of("a policy lets masked values be turned back by it")
                        : Optional.empty();
    }

    private static boolean mayUnmask(TableConcern old, TableConcern changed, Optional<String> column) {
        Set<String> tagsBefore = column.map(old.table()::effectiveTags).orElse(old.table().tags());
        Set<String> tagsAfter = column.map(changed.table()::effectiveTags).orElse(changed.table().tags());
        return !tagsBefore.equals(tagsAfter)
                && old.maskings().stream().anyMatch(masking -> masking.columns().mayMatch(old.table(), column, tagsBefore).isPresent())
                && changed.unmasks().stream()
                        .filter(unmask -> unmask.columns().mayMatch(changed.table(), column, tagsAfter).isPresent())
                        .anyMatch(unmask -> unmask.columns().mayMatch(old.table(), column, tagsBefore).isEmpty()
                                || !unmask.columns().selectingTags(tagsBefore).containsAll(unmask.columns().selectingTags(tagsAfter)));
    }

    private static boolean mayMeet(CompiledPolicy.Masking one, CompiledPolicy.Masking other) {
        Set<String> types = one.masking().columns().types();
        Set<String> otherTypes = other.masking().columns().types();
        return types.isEmpty() || otherTypes.isEmpty() || types.stream().anyMatch(otherTypes::contains);
    }

    private static boolean mayUncover(CompiledPolicy.Masking masking, Match match, CompiledPolicy.Masking other, Match otherMatch) {
        if (match.yieldsTo(otherMatch)) {
            return false;
        }
        boolean outranks = otherMatch.yieldsTo(match);
        return masking.rules().stream().map(CompiledPolicy.Rule::mask)
                .anyMatch(mask -> other.rules().stream().map(CompiledPolicy.Rule::mask)
                        .filter(otherMask -> outranks || mask.type().compareTo(otherMask.type()) <= 0)
                        .anyMatch(otherMask -> !tellsNoMore(mask, otherMask)));
    }

    /// The order of masks alone does not tell: one that cannot serve a column is NULL there, and two of one type can differ in how much
    /// they hide.
    private static boolean tellsNoMore(Mask mask, Mask other) {
        return switch (mask.type()) {
            case NULL -> true;
            case CONSTANT -> other.type() != Mask.Type.NULL;
            case HASH -> other.type() == Mask.Type.HASH;
            case K_ANONYMITY, RANDOMIZED_RESPONSE, FORMAT_PRESERVING, REVERSIBLE, ROUNDING, REGEX, CUSTOM -> false;
        };
    }

    private static boolean selects(Collection<String> wanted, Collection<String> tags) {
        return tags.stream().anyMatch(tag -> wanted.stream().anyMatch(selected -> DottedPath.isSameOrBelow(tag, selected)));
    }

    /// The tables that the change can touch: those of which anything is said, and one that stands for all others of each schema.
    private Set<ObjectName> tables(ObjectName changed) {
        if (changed.isTable()) {
            return ImmutableSet.of(changed);
        }
        ImmutableSet.Builder<ObjectName> tables = ImmutableSet.builder();
        Stream.of(Stream.of(before, after).flatMap(Declassification::names), Stream.of(changed),
                Stream.of(ObjectName.ofSchema(changed.catalog(), ANY_OTHER)))
                .flatMap(names -> names)
                .filter(changed::contains)
                .forEach(name -> {
                    if (name.isTable()) {
                        tables.add(name);
                    }
                    tables.add(ObjectName.ofTable(name.catalog(), name.schema().orElse(ANY_OTHER), ANY_OTHER));
                });
        return tables.build();
    }

    private static Stream<ObjectName> names(PolicySnapshot snapshot) {
        return Stream.of(snapshot.knownTables().stream().map(KnownTable::name),
                snapshot.dataSources().stream().map(DataSource::objectName),
                snapshot.policies().all().stream().flatMap(policy -> names(policy.policy().body())))
                .flatMap(names -> names);
    }

    private static Stream<ObjectName> names(Policy.Body body) {
        return switch (body) {
            case Policy.Access access -> names(access.appliesTo());
            case Policy.RowFilter filter -> names(filter.appliesTo());
            case Policy.Masking masking -> names(masking.columns());
            case Policy.Reveal reveal -> names(reveal.columns());
            case Policy.Unmask unmask -> names(unmask.columns());
            case Policy.Impersonation _ -> Stream.empty();
        };
    }

    private static Stream<ObjectName> names(ObjectSelector selector) {
        return selector.dataSources().stream();
    }

    private static Stream<ObjectName> names(ColumnSelector selector) {
        return Stream.concat(selector.in().stream(), selector.names().stream().map(ColumnName::table));
    }
}
