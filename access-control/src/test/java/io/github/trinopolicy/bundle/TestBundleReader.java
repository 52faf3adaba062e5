package io.github.trinopolicy.bundle;

import static io.github.trinopolicy.model.ColumnName.parse;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.trinopolicy.model.Attribute;
import io.github.trinopolicy.model.AttributeSource;
import io.github.trinopolicy.model.AttributeValue;
import io.github.trinopolicy.model.Classifier;
import io.github.trinopolicy.model.ColumnDescription;
import io.github.trinopolicy.model.ColumnSelector;
import io.github.trinopolicy.model.DataSource;
import io.github.trinopolicy.model.FingerprintSettings;
import io.github.trinopolicy.model.Group;
import io.github.trinopolicy.model.Kind;
import io.github.trinopolicy.model.Mask.Alphabet;
import io.github.trinopolicy.model.Mask.Constant;
import io.github.trinopolicy.model.Mask.Custom;
import io.github.trinopolicy.model.Mask.FormatPreserving;
import io.github.trinopolicy.model.Mask.Granularity;
import io.github.trinopolicy.model.Mask.Hash;
import io.github.trinopolicy.model.Mask.Hierarchy;
import io.github.trinopolicy.model.Mask.KAnonymity;
import io.github.trinopolicy.model.Mask.LDiversity;
import io.github.trinopolicy.model.Mask.Mechanism;
import io.github.trinopolicy.model.Mask.NoMatch;
import io.github.trinopolicy.model.Mask.Noise;
import io.github.trinopolicy.model.Mask.Null;
import io.github.trinopolicy.model.Mask.NullHandling;
import io.github.trinopolicy.model.Mask.RandomizedResponse;
import io.github.trinopolicy.model.Mask.Regex;
import io.github.trinopolicy.model.Mask.Reversible;
import io.github.trinopolicy.model.Mask.Rounding;
import io.github.trinopolicy.model.Mask.Unseen;
import io.github.trinopolicy.model.Membership;
import io.github.trinopolicy.model.NewColumns;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.model.ObjectSelector;
import io.github.trinopolicy.model.Policy;
import io.github.trinopolicy.model.Policy.Access;
import io.github.trinopolicy.model.Policy.AccessRule;
import io.github.trinopolicy.model.Policy.AgeLimit;
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
import io.github.trinopolicy.model.Policy.Unmask;
import io.github.trinopolicy.model.PolicyObject;
import io.github.trinopolicy.model.Principals;
import io.github.trinopolicy.model.Project;
import io.github.trinopolicy.model.Purpose;
import io.github.trinopolicy.model.Tag;
import io.github.trinopolicy.model.User;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class TestBundleReader {
    private static final Optional<Instant> NEW_YEAR = Optional.of(Instant.parse("2027-01-01T00:00:00Z"));
    private static final ObjectSelector ALL = new ObjectSelector(Set.of(), Set.of(), true);
    private static final ObjectSelector REGIONAL = new ObjectSelector(Set.of("Regional"), Set.of(), false);
    private static final ObjectName SHOP = ObjectName.ofSchema("lake", "shop");

    private final BundleReader reader = new BundleReader();

    @Test
    void testExample() {
        List<PolicyObject> objects = reader.read(TestingBundles.EXAMPLE).stream().map(BundleDocument::object).toList();

        assertThat(objects).containsExactly(
                new DataSource(ObjectName.ofTable("lake", "shop", "customer"), Optional.empty(),
                        new Principals(Set.of("dana"), Set.of("stewards")), Set.of("Regional"), List.of("customer_id"),
                        Optional.of("created_at"), true, Optional.of(NewColumns.MASK),
                        Map.of("email", new ColumnDescription(Set.of("PII.Email")), "region", new ColumnDescription(Set.of("Geo.Region"))),
                        Optional.of(new FingerprintSettings(Optional.of(true), Optional.of(Duration.ofDays(1))))),
                new Tag("PII.Email", Optional.empty()), new Attribute("region", Optional.empty(), Optional.empty()),
                new AttributeSource("territory", Optional.empty(), "SELECT login, territory FROM lake.hr.territories", "region",
                        Duration.ofMinutes(10)),
                new Group("analysts", Optional.empty(), Map.of("training", List.of(new AttributeValue("gdpr", Optional.empty())))),
                new User("alice", Optional.empty(),
                        List.of(new Membership("analysts", Optional.empty()), new Membership("project-x", NEW_YEAR)),
                        Map.of("region",
                                List.of(new AttributeValue("AFRICA", Optional.empty()), new AttributeValue("EUROPE", Optional.empty())),
                                "clearance", List.of(new AttributeValue("internal", NEW_YEAR)))),
                new Purpose("Fraud.Cards", Optional.empty()),
                new Project("fraud-q4", Optional.empty(), new Principals(Set.of("dana"), Set.of()), Set.of("Fraud.Cards"),
                        new Principals(Set.of("alice"), Set.of("fraud-team")),
                        Set.of(ObjectName.ofTable("lake", "shop", "customer"), ObjectName.ofTable("lake", "shop", "orders")), true, false),
                policy("read-analysts", new Access(REGIONAL, new AccessRule.Grant(Level.READ, "in_any_group('analysts')"))),
                policy("trained-only", new Access(ALL, new AccessRule.Guardrail("has_attribute('training', 'gdpr')"))),
                policy("own-region", "in_any_group('auditors')",
                        new RowFilter(REGIONAL, new RowRule.Matches(Optional.of("region"), new ColumnReference.ByTag("Geo.Region")))),
                policy("mask-email", "in_any_group('privacy-office') OR using_purpose('Fraud')",
                        new Masking(tagged("PII.Email"), List.of(new MaskRule(Optional.empty(), new Hash())), Optional.of("country = 'US'"),
                                0)),
                policy("mask-phone",
                        new Masking(tagged("PII.Phone"),
                                List.of(new MaskRule(Optional.of("in_any_group('support')"),
                                        new Regex("\\d(?=\\d{4})", "*", false, NoMatch.NULL)),
                                        new MaskRule(Optional.empty(), new FormatPreserving(Optional.of(Alphabet.DIGITS)))),
                                Optional.empty(), 0)),
                policy("reveal-by-tag", new Reveal(tagged("PII"), new Beneficiary.AttributeMatchesTag("reveal"))),
                policy("investigators-unmask", new Unmask(tagged("PII"), new Beneficiary.AttributeMatchesTag("unmask"))),
                policy("dashboards", new Impersonation("current_user = 'superset'", new Principals(Set.of(), Set.of("analysts")))),
                new Classifier("employee-number", Optional.empty(), "Discovered.Employee.Number", Optional.of("E\\d{6}"), Optional.empty(),
                        Optional.empty(), 0.9));
        assertThat(objects.stream().map(PolicyObject::kind)).containsOnly(Kind.values());
    }

    @Test
    void testDataSources() {
        assertThat(object("lake")).isEqualTo(new DataSource(ObjectName.ofCatalog("lake"), Optional.of("The lake"),
                new Principals(Set.of("dana"), Set.of()), Set.of(), List.of(), Optional.empty(), false, Optional.of(NewColumns.TAGGED_ONLY),
                Map.of(), Optional.empty()));
        assertThat(object("lake.\"odd schema\"")).isEqualTo(new DataSource(ObjectName.ofSchema("lake", "odd schema"), Optional.empty(),
                Principals.NONE, Set.of(), List.of(), Optional.empty(), false, Optional.of(NewColumns.ALLOW), Map.of(),
                Optional.of(new FingerprintSettings(Optional.of(false), Optional.empty()))));
        assertThat(((DataSource) object("lake.shop.orders")).columns()).isEqualTo(Map.of("total", new ColumnDescription(Set.of()),
                "first name", new ColumnDescription(Set.of("PII.Name"))));
    }

    @Test
    void testAttributeValuesAreTakenAsWritten() {
        assertThat(((Attribute) object("clearance")).values()).contains(List.of("007", "1.0", "low", "true"));
        assertThat(object("clearance").description()).contains("");
        assertThat(((Group) object("stewards")).attributes())
                .isEqualTo(Map.of("level", List.of(new AttributeValue("1.0", Optional.empty())), "code",
                        List.of(new AttributeValue("007", Optional.empty()),
                                new AttributeValue("true", Optional.of(Instant.parse("2026-12-31T22:00:00Z"))),
                                new AttributeValue("x", Optional.empty()))));
    }

    @Test
    void testClassifiers() {
        assertThat(object("words")).isEqualTo(new Classifier("words", Optional.empty(), "Discovered.Word", Optional.empty(),
                Optional.of(List.of("7", "a", "b")), Optional.of("word"), 0.9));
        assertThat(object("named")).isEqualTo(new Classifier("named", Optional.empty(), "Discovered.Word", Optional.empty(),
                Optional.empty(), Optional.of("(?i)word"), 0.9));
    }

    @Test
    void testRowRules() {
        assertThat(rowRule("by-group")).isEqualTo(new RowRule.Matches(Optional.empty(), new ColumnReference.ByName("team")));
        assertThat(rowRule("small")).isEqualTo(new RowRule.Where("amount < 1000 OR has_attribute('clearance', 'high')"));
        assertThat(rowRule("recent")).isEqualTo(new RowRule.TimeWindow(true, new AgeLimit(90, 'd')));
        assertThat(rowRule("old")).isEqualTo(new RowRule.TimeWindow(false, new AgeLimit(2, 'y')));
        assertThat(rowRule("sample")).isEqualTo(new RowRule.Minimize(10));
        assertThat(rowRule("purpose")).isEqualTo(new RowRule.Purposes(List.of("Audit.Yearly", "Fraud")));
        assertThat(((Policy) object("old")).state()).isEqualTo(State.STAGED);
    }

    @Test
    void testAccessAndUsers() {
        assertThat(body("own-all"))
                .isEqualTo(new Access(new ObjectSelector(Set.of(), Set.of(SHOP), true), new AccessRule.Grant(Level.OWN, "true")));
        assertThat(body("reveal-some")).isEqualTo(new Reveal(tagged("PII"), new Beneficiary.Condition("in_any_group('hr')")));
        assertThat(body("reports")).isEqualTo(new Impersonation("current_user = 'bi'", new Principals(Set.of("alice"), Set.of())));
    }

    @Test
    void testColumnSelector() {
        Masking masking = (Masking) body("names");
        ColumnSelector inner = new ColumnSelector(Set.of(), Optional.empty(), Set.of(), Set.of(ObjectName.ofSchema("lake", "secret")),
                Set.of(), Optional.empty());
        assertThat(masking.columns()).isEqualTo(new ColumnSelector(
                Set.of(parse("lake.shop.customer.email"), parse("lake.shop.customer.address.city"), parse("lake.shop.customer.phones[*]")),
                Optional.of("(?i)e_?mail"), Set.of(), Set.of(SHOP), Set.of("varchar", "timestamp with time zone"), Optional.of(
                        new ColumnSelector(Set.of(), Optional.empty(), Set.of("Public"), Set.of(), Set.of(), Optional.of(inner)))));
        assertThat(masking.rules()).containsExactly(new MaskRule(Optional.empty(), new Null()));
        assertThat(masking.priority()).isEqualTo(-3);
    }

    @Test
    void testMasks() {
        assertThat(((Masking) body("masks")).rules().stream().map(MaskRule::mask)).containsExactly(new Null(), new Constant("1.50"),
                new Hash(), new Reversible(false), new Reversible(true), new FormatPreserving(Optional.empty()),
                new Regex("a", "", true, NoMatch.KEEP), new Regex("a", "$1", false, NoMatch.NULL),
                new Rounding(new Granularity.Bucket("100")), new Rounding(new Granularity.Unit(ChronoUnit.MONTHS)),
                new Rounding(new Granularity.FromFingerprint()),
                new KAnonymity(5, false, true, List.of(), Map.of(), Optional.empty()),
                new KAnonymity(11, true, false, List.of("state"), Map.of("zip", new Hierarchy(true)),
                        Optional.of(new LDiversity("illness", 3))),
                new RandomizedResponse(new Noise.Epsilon(2), Optional.empty(), NullHandling.KEEP, Unseen.UNIFORM, Optional.empty(),
                        Optional.empty(), Optional.empty()),
                new RandomizedResponse(new Noise.ReplacementRate(0.2), Optional.of(List.of("a", "1")), NullHandling.CATEGORY, Unseen.NULL,
                        Optional.of("0"), Optional.of("9.5"), Optional.of(Mechanism.LAPLACE)),
                new RandomizedResponse(new Noise.Epsilon(0.5), Optional.empty(), NullHandling.NULL, Unseen.UNIFORM, Optional.empty(),
                        Optional.empty(), Optional.of(Mechanism.HYBRID)),
                new Custom("substr(masked_column(), 1, 3) || '***'"));
    }

    @Test
    void testTakeOver() {
        List<BundleDocument> documents = reader.read(TestingBundles.VARIANTS);
        assertThat(documents.stream().filter(BundleDocument::takeOver).map(document -> document.object().name()))
                .containsExactly("lake.shop.orders");
    }

    @Test
    void testPositionsOfDocuments() {
        assertThat(reader.read("# first\nkind: Tag\nname: A\n---\n\n  {kind: Tag, name: B}\n").stream().map(BundleDocument::position))
                .containsExactly(Optional.of(new Position(2, 1)), Optional.of(new Position(6, 3)));
    }

    @Test
    void testJsonBundle() {
        assertThat(reader.read("{\"kind\": \"Tag\",\n\t\"name\": \"PII.\\u00c4\"}").getFirst().object())
                .isEqualTo(new Tag("PII.Ä", Optional.empty()));

        List<BundleDocument> two = reader.read("""
                {"kind":"Policy","name":"😀","type":"access","applies_to":{"all":true},
                 "guardrail":"a = 1"}
                {"kind":"Group","name":"g","attributes":{"n":[1.0,true]}}""");
        assertThat(two).hasSize(2);
        assertThat(two.get(0).source().position("guardrail", 1, 3)).contains(new Position(2, 17));
        assertThat(two.get(1).position()).contains(new Position(3, 1));
        assertThat(((Group) two.get(1).object()).attributes().get("n")).extracting(AttributeValue::value).containsExactly("1.0", "true");
    }

    @Test
    void testStoredDocument() {
        assertThat(reader.readStored("{\"kind\":\"Tag\",\"name\":\"PII\"}")).isEqualTo(new Tag("PII", Optional.empty()));
    }

    @Test
    void testNothing() {
        assertThat(reader.read("")).isEmpty();
        assertThat(reader.read("# nothing\n---\n---\n")).isEmpty();
    }

    private PolicyObject object(String name) {
        return reader.read(TestingBundles.VARIANTS).stream().map(BundleDocument::object)
                .filter(object -> object.name().equals(name)).findFirst().orElseThrow();
    }

    private Body body(String name) {
        return ((Policy) object(name)).body();
    }

    private RowRule rowRule(String name) {
        return ((RowFilter) body(name)).rule();
    }

    private static Policy policy(String name, Body body) {
        return new Policy(name, Optional.empty(), State.ACTIVE, Optional.empty(), body);
    }

    private static Policy policy(String name, String exempt, Body body) {
        return new Policy(name, Optional.empty(), State.ACTIVE, Optional.of(exempt), body);
    }

    private static ColumnSelector tagged(String tag) {
        return new ColumnSelector(Set.of(), Optional.empty(), Set.of(tag), Set.of(), Set.of(), Optional.empty());
    }
}
