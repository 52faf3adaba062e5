package io.github.trinopolicy.decision;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.collect.Sets.union;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.github.trinopolicy.model.AttributeValue;
import io.github.trinopolicy.model.ColumnDescription;
import io.github.trinopolicy.model.DataSource;
import io.github.trinopolicy.model.Group;
import io.github.trinopolicy.model.Membership;
import io.github.trinopolicy.model.PolicyObject;
import io.github.trinopolicy.model.Principals;
import io.github.trinopolicy.model.User;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Puts the layers of one object together: sets are united, single values of the bundle win.
public final class LayerMerge {
    private LayerMerge() {
    }

    /// What holds when `bundle` and `call` are said of the same object.
    public static PolicyObject merge(PolicyObject bundle, PolicyObject call) {
        checkArgument(bundle.kind() == call.kind() && bundle.name().equals(call.name()), "layers of different objects");
        return switch (bundle) {
            case User user -> merge(user, (User) call);
            case Group group -> merge(group, (Group) call);
            case DataSource dataSource -> merge(dataSource, (DataSource) call);
            default -> bundle;
        };
    }

    private static User merge(User bundle, User call) {
        List<Membership> groups = new ArrayList<>(bundle.groups());
        groups.addAll(call.groups());
        return new User(bundle.name(), bundle.description().or(call::description), distinct(groups),
                attributes(bundle.attributes(), call.attributes()));
    }

    private static Group merge(Group bundle, Group call) {
        return new Group(bundle.name(), bundle.description().or(call::description), attributes(bundle.attributes(), call.attributes()));
    }

    private static DataSource merge(DataSource bundle, DataSource call) {
        Map<String, ColumnDescription> columns = new LinkedHashMap<>(bundle.columns());
        call.columns().forEach((name, description) -> columns.merge(name, description,
                (a, b) -> new ColumnDescription(union(a.tags(), b.tags()))));
        return new DataSource(bundle.objectName(), bundle.description().or(call::description),
                new Principals(union(bundle.owners().users(), call.owners().users()),
                        union(bundle.owners().groups(), call.owners().groups())),
                union(bundle.tags(), call.tags()), bundle.keyColumns().isEmpty() ? call.keyColumns() : bundle.keyColumns(),
                bundle.eventTime().or(call::eventTime), bundle.approveAllColumns() || call.approveAllColumns(),
                bundle.newColumns().or(call::newColumns), columns, bundle.fingerprint().or(call::fingerprint));
    }

    private static Map<String, List<AttributeValue>> attributes(Map<String, List<AttributeValue>> a, Map<String, List<AttributeValue>> b) {
        Map<String, List<AttributeValue>> result = new LinkedHashMap<>(a);
        b.forEach((name, values) -> result.merge(name, values, (first, second) -> {
            List<AttributeValue> both = new ArrayList<>(first);
            both.addAll(second);
            return distinct(both);
        }));
        return result;
    }

    private static <T> List<T> distinct(Collection<T> values) {
        Set<T> set = ImmutableSet.copyOf(values);
        return ImmutableList.copyOf(set);
    }
}
