package io.github.trinopolicy.administration;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static java.util.Objects.requireNonNull;

import io.github.trinopolicy.administration.StoreImage.Difference;
import io.github.trinopolicy.decision.PolicySnapshot;
import io.github.trinopolicy.model.Kind;
import io.github.trinopolicy.model.KnownTable;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.model.PolicyObject;
import io.github.trinopolicy.store.ObjectKey;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// The objects that a change can have made wrong: those that it changes, and those that speak of what it changes. The others were checked
/// when they, or what they speak of, last changed.
final class AffectedObjects {
    private final StoreImage image;
    private final PolicySnapshot before;
    private final PolicySnapshot after;

    AffectedObjects(StoreImage image, PolicySnapshot before, PolicySnapshot after) {
        this.image = requireNonNull(image, "image is null");
        this.before = requireNonNull(before, "before is null");
        this.after = requireNonNull(after, "after is null");
    }

    /// In the order of kinds and names.
    List<PolicyObject> find() {
        List<Difference> differences = image.differences();
        return (differences.stream().anyMatch(AffectedObjects::takesWordsAway)
                ? Stream.of(Kind.values()).flatMap(kind -> after.objectsOf(kind).stream())
                : Stream.concat(changed(differences), speakingOfChangedTables(differences)))
                .distinct()
                .sorted(Comparator.comparing(PolicyObject::kind).thenComparing(PolicyObject::name))
                .collect(toImmutableList());
    }

    /// True when something may speak of a word that is there no more.
    private static boolean takesWordsAway(Difference difference) {
        return difference.before().isPresent() && switch (difference.key().kind()) {
            case TAG, GROUP, PURPOSE -> difference.after().isEmpty();
            // the values may be fewer
            case ATTRIBUTE -> true;
            default -> false;
        };
    }

    private Stream<PolicyObject> changed(List<Difference> differences) {
        return differences.stream().map(Difference::key).flatMap(key -> after.object(key.kind(), key.name()).stream());
    }

    private Stream<PolicyObject> speakingOfChangedTables(List<Difference> differences) {
        List<ObjectName> changed = Stream.of(
                differences.stream().map(Difference::key).filter(key -> key.kind() == Kind.DATA_SOURCE).map(ObjectKey::name)
                        .map(ObjectName::parse),
                image.changedTables().stream().map(KnownTable::name),
                image.removedTables().stream().map(KnownTable::name))
                .flatMap(names -> names)
                .distinct()
                .toList();
        if (changed.stream().anyMatch(name -> !name.isTable() || after.dataSource(name).isEmpty())) {
            // what holds tables is inherited by each of them
            return Stream.of(Kind.POLICY, Kind.PROJECT).flatMap(kind -> after.objectsOf(kind).stream());
        }
        Set<String> policies = new HashSet<>();
        for (ObjectName table : changed) {
            policies.addAll(before.policiesConcerning(table));
            policies.addAll(after.policiesConcerning(table));
        }
        return policies.stream().flatMap(name -> after.object(Kind.POLICY, name).stream());
    }
}
