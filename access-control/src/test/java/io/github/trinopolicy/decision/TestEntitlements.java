package io.github.trinopolicy.decision;

import static io.github.trinopolicy.decision.TestingStore.group;
import static io.github.trinopolicy.decision.TestingStore.user;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSetMultimap;
import io.github.trinopolicy.model.Attribute;
import io.github.trinopolicy.model.AttributeReading;
import io.github.trinopolicy.model.AttributeSource;
import io.github.trinopolicy.model.AttributeValue;
import io.github.trinopolicy.model.Group;
import io.github.trinopolicy.model.Kind;
import io.github.trinopolicy.model.Membership;
import io.github.trinopolicy.model.PolicyObject;
import io.github.trinopolicy.model.User;
import io.github.trinopolicy.policy.Subject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
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
    void testWhatAttributeSourcesSay() {
        AttributeSource declared = new AttributeSource("s", Optional.empty(), "SELECT a, b FROM lake.hr.t", "region",
                Duration.ofMinutes(10));
        PolicyObject open = new Attribute("region", Optional.empty(), Optional.empty());
        assertThat(read(declared, declared, open, BEFORE)).containsExactlyInAnyOrder("ASIA", "EU");
        // not read for too long
        assertThat(read(declared, declared, open, EXPIRY)).isEmpty();
        // another query, another attribute, another source, or none any more
        for (AttributeSource other : List.of(
                new AttributeSource("s", Optional.empty(), "SELECT a, c FROM lake.hr.t", "region", Duration.ofMinutes(10)),
                new AttributeSource("s", Optional.empty(), declared.query(), "level", Duration.ofMinutes(10)),
                new AttributeSource("t", Optional.empty(), declared.query(), "region", Duration.ofMinutes(10)))) {
            assertThat(read(declared, other, open, BEFORE)).isEmpty();
        }
        assertThat(read(declared, declared, new Attribute("region", Optional.empty(), Optional.of(List.of("EU"))), BEFORE))
                .containsExactly("EU");
        assertThat(read(declared, declared, new Attribute("other", Optional.empty(), Optional.empty()), BEFORE)).isEmpty();
    }

    private static Set<String> read(AttributeSource read, AttributeSource declared, PolicyObject attribute, Instant now) {
        Map<Kind, Map<String, PolicyObject>> objects = ImmutableMap.of(Kind.ATTRIBUTE_SOURCE, ImmutableMap.of(declared.name(), declared),
                Kind.ATTRIBUTE, ImmutableMap.of(attribute.name(), attribute));
        PolicySnapshot snapshot = PolicySnapshot.compile(new SnapshotSource(1, new UUID(0, 0), objects, ImmutableMap.of(),
                ImmutableMap.of(),
                ImmutableMap.of(), ImmutableMap.of(read.name(), new ReadAttributes(new AttributeReading(read.name(), read.pin(), EXPIRY),
                        ImmutableMap.of("alice", List.of("ASIA", "EU")))),
                ImmutableMap.of()),
                new PolicyCompiler(), Optional.empty());
        assertThat(Entitlements.of(snapshot, "bob", Set.of(), now).attributes().asMap()).isEmpty();
        return Entitlements.of(snapshot, "alice", Set.of(), now).attributes().get("region");
    }

    @Test
    void testEntitlementsAreNotShownInText() {
        PolicySnapshot snapshot = TestingStore.of(user("alice", Set.of("hidden"), ImmutableMap.of("region", Set.of("hidden")))).snapshot();
        assertThat(Entitlements.of(snapshot, "alice", Set.of("hidden"), BEFORE)).hasToString("Subject[alice]");
    }
}
