package io.github.trinopolicy.decision;

import static io.github.trinopolicy.decision.TestingStore.group;
import static io.github.trinopolicy.decision.TestingStore.user;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSetMultimap;
import io.github.trinopolicy.model.AttributeValue;
import io.github.trinopolicy.model.Group;
import io.github.trinopolicy.model.Membership;
import io.github.trinopolicy.model.User;
import io.github.trinopolicy.policy.Subject;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class TestEntitlements {
    private static final Instant EXPIRY = Instant.parse("2027-01-01T00:00:00Z");
    private static final Instant BEFORE = EXPIRY.minusNanos(1);

    @Test
    void testUserOfWhomNothingIsSaidHasTheGroupsOfTrinoOnly() {
        Subject subject = Entitlements.of(TestingStore.of().snapshot(), "nobody", Set.of("ldap"), BEFORE);
        assertThat(subject).isEqualTo(new Subject("nobody", Set.of("ldap"), ImmutableSetMultimap.of(), Set.of(), Optional.empty(), BEFORE));
    }

    @Test
    void testGroupsOfStoreAndTrinoAreUnited() {
        PolicySnapshot snapshot = TestingStore.of(user("alice", Set.of("analysts", "both"), Map.of())).snapshot();
        assertThat(Entitlements.of(snapshot, "alice", Set.of("ldap", "both"), BEFORE).groups())
                .containsExactlyInAnyOrder("analysts", "both", "ldap");
        assertThat(Entitlements.of(snapshot, "Alice", Set.of("ldap"), BEFORE).groups()).containsExactly("ldap");
    }

    @Test
    void testAttributesOfGroupsHoldForTheirMembers() {
        PolicySnapshot snapshot = TestingStore.of(
                user("alice", Set.of("analysts"), ImmutableMap.of("region", Set.of("EU"), "level", Set.of("1"))),
                group("analysts", ImmutableMap.of("region", Set.of("EU", "US"))),
                group("ldap", ImmutableMap.of("training", Set.of("gdpr"))),
                group("others", ImmutableMap.of("secret", Set.of("x")))).snapshot();
        assertThat(Entitlements.of(snapshot, "alice", Set.of("ldap"), BEFORE).attributes().asMap()).isEqualTo(ImmutableMap.of(
                "region", ImmutableSet.of("EU", "US"), "level", ImmutableSet.of("1"), "training", ImmutableSet.of("gdpr")));
    }

    @Test
    void testExpiryIsJudgedAtTheMomentOfTheDecision() {
        PolicySnapshot snapshot = TestingStore.of(
                new User("alice", Optional.empty(),
                        List.of(new Membership("lasting", Optional.empty()), new Membership("expiring", Optional.of(EXPIRY))),
                        ImmutableMap.of("region", List.of(new AttributeValue("EU", Optional.empty()),
                                new AttributeValue("US", Optional.of(EXPIRY))))),
                new Group("expiring", Optional.empty(), ImmutableMap.of("training",
                        ImmutableList.of(new AttributeValue("gdpr", Optional.empty())))),
                new Group("lasting", Optional.empty(), ImmutableMap.of("level",
                        ImmutableList.of(new AttributeValue("2", Optional.of(EXPIRY))))))
                .snapshot();

        Subject before = Entitlements.of(snapshot, "alice", Set.of(), BEFORE);
        assertThat(before.groups()).containsExactlyInAnyOrder("lasting", "expiring");
        assertThat(before.attributes().asMap()).isEqualTo(ImmutableMap.of("region", ImmutableSet.of("EU", "US"), "training",
                ImmutableSet.of("gdpr"), "level", ImmutableSet.of("2")));

        // what expires at a moment no longer holds at it, and what a group gave ends with the membership
        Subject after = Entitlements.of(snapshot, "alice", Set.of(), EXPIRY);
        assertThat(after.groups()).containsExactly("lasting");
        assertThat(after.attributes().asMap()).isEqualTo(ImmutableMap.of("region", ImmutableSet.of("EU")));
    }

    @Test
    void testStatementsOfCallsAddToThoseOfTheBundle() {
        PolicySnapshot snapshot = TestingStore.of(user("alice", Set.of("a"), ImmutableMap.of("region", Set.of("EU"))))
                .with(Layer.CALL, List.of(user("alice", Set.of("b"), ImmutableMap.of("region", Set.of("US"))))).snapshot();
        Subject subject = Entitlements.of(snapshot, "alice", Set.of(), BEFORE);
        assertThat(subject.groups()).containsExactlyInAnyOrder("a", "b");
        assertThat(subject.attributes().get("region")).containsExactlyInAnyOrder("EU", "US");
    }

    @Test
    void testEntitlementsAreNotShownInText() {
        PolicySnapshot snapshot = TestingStore.of(user("alice", Set.of("hidden"), ImmutableMap.of("region", Set.of("hidden")))).snapshot();
        assertThat(Entitlements.of(snapshot, "alice", Set.of("hidden"), BEFORE)).hasToString("Subject[alice]");
    }
}
