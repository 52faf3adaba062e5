package io.github.trinopolicy.administration;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.github.trinopolicy.enforcement.QueryContext;
import io.github.trinopolicy.model.AttributeValue;
import io.github.trinopolicy.model.Kind;
import io.github.trinopolicy.model.Membership;
import io.github.trinopolicy.model.User;
import io.trino.spi.connector.ConnectorSession;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What calls say of users: who may say it. Thread-safe.
public final class EntitlementActions {
    private final PolicyAdministration administration;
    private final Authorization authorization;

    public EntitlementActions(PolicyAdministration administration, Authorization authorization) {
        this.administration = requireNonNull(administration, "administration is null");
        this.authorization = requireNonNull(authorization, "authorization is null");
    }

    /// @param expires an instant such as `2027-01-01T00:00:00Z`; null: never
    public void setAttribute(ConnectorSession session, String user, String name, String value, @Nullable String expires) {
        QueryContext query = authorization.query(session);
        authorization.requireEntitlementAdministrator(query.asker(), "set an attribute");
        AttributeValue added = new AttributeValue(value, CallArguments.instant(expires));
        administration.editUser(Authorization.act(query, "set_attribute"), CallArguments.name("user_name", user), before -> {
            Map<String, List<AttributeValue>> attributes = new LinkedHashMap<>(before.attributes());
            List<AttributeValue> values = new ArrayList<>(attributes.getOrDefault(name, ImmutableList.of()));
            values.removeIf(existing -> existing.value().equals(value));
            values.add(added);
            attributes.put(name, values);
            return new User(user, before.description(), before.groups(), attributes);
        });
    }

    /// @param value null: all values
    public void unsetAttribute(ConnectorSession session, String user, String name, @Nullable String value) {
        QueryContext query = authorization.query(session);
        authorization.requireEntitlementAdministrator(query.asker(), "unset an attribute");
        administration.editLayers(Authorization.act(query, "unset_attribute"), User.class, Kind.USER, user, before -> {
            Map<String, List<AttributeValue>> attributes = new LinkedHashMap<>(before.attributes());
            attributes.computeIfPresent(name, (_, values) -> {
                List<AttributeValue> left = values.stream().filter(existing -> value != null && !existing.value().equals(value)).toList();
                return left.isEmpty() ? null : left;
            });
            return new User(user, before.description(), before.groups(), attributes);
        });
    }

    public void addGroupMember(ConnectorSession session, String group, String member) {
        QueryContext query = authorization.query(session);
        authorization.requireEntitlementAdministrator(query.asker(), "add a member to a group");
        administration.editUser(Authorization.act(query, "add_group_member"), CallArguments.name("member", member), before -> {
            Set<Membership> groups = ImmutableSet.<Membership>builder().addAll(before.groups()).add(new Membership(group, Optional.empty()))
                    .build();
            return new User(member, before.description(), ImmutableList.copyOf(groups), before.attributes());
        });
    }

    public void removeGroupMember(ConnectorSession session, String group, String member) {
        QueryContext query = authorization.query(session);
        authorization.requireEntitlementAdministrator(query.asker(), "remove a member from a group");
        administration.editLayers(Authorization.act(query, "remove_group_member"), User.class, Kind.USER, member,
                before -> new User(member, before.description(),
                        before.groups().stream().filter(membership -> !membership.group().equals(group)).toList(), before.attributes()));
    }
}
