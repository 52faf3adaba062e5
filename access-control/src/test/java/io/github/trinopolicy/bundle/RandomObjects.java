package io.github.trinopolicy.bundle;

import static java.util.Locale.ENGLISH;
import static java.util.stream.Collectors.joining;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.github.trinopolicy.model.Attribute;
import io.github.trinopolicy.model.AttributeSource;
import io.github.trinopolicy.model.AttributeValue;
import io.github.trinopolicy.model.Classifier;
import io.github.trinopolicy.model.ColumnDescription;
import io.github.trinopolicy.model.ColumnName;
import io.github.trinopolicy.model.ColumnSelector;
import io.github.trinopolicy.model.DataSource;
import io.github.trinopolicy.model.FingerprintSettings;
import io.github.trinopolicy.model.Group;
import io.github.trinopolicy.model.Kind;
import io.github.trinopolicy.model.Mask;
import io.github.trinopolicy.model.Membership;
import io.github.trinopolicy.model.NewColumns;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.model.ObjectSelector;
import io.github.trinopolicy.model.Policy;
import io.github.trinopolicy.model.PolicyObject;
import io.github.trinopolicy.model.Principals;
import io.github.trinopolicy.model.Project;
import io.github.trinopolicy.model.Purpose;
import io.github.trinopolicy.model.Tag;
import io.github.trinopolicy.model.User;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/// Random objects that the format can say, with texts that are hard to write.
final class RandomObjects {
    private static final List<String> PIECES = ImmutableList.of("a", "Z", "7", "null", "true", "1.0", "007", "~", " ", "  ", "'", "\"", ":",
            ": ", " #", "#", "- ", "? ", "{", "}", "[", "]", ",", "&a", "*a", "!", "|", ">", "%", "@", "`", "\\", "\\n", "é", "ß", "İ",
            "漢字",
            "😀", "=", "<<", "'; DROP TABLE policy; --", "${ENV:X}", "---", "...", "0x1F", ".inf", "yes", "$1", "\u0301");
    private static final List<String> BREAKS = ImmutableList.of("\n", "\n\n", "\t", "\r\n", "\r", "\u0085", "\u2028", "\u200b", "\uFEFF",
            "\u0007",
            "\n  ", " \n", "\uFFFE");
    private static final List<String> STEPS = ImmutableList.of("A", "PII", "Émail", "x_1", "a-b", "Credit Card", "7");

    private final Random random;

    RandomObjects(long seed) {
        this.random = new Random(seed);
    }

    PolicyObject next() {
        return next(pick(Kind.values()));
    }

    PolicyObject next(Kind kind) {
        return switch (kind) {
            case TAG -> new Tag(path(), maybe(this::text));
            case PURPOSE -> new Purpose(path(), maybe(this::text));
            case ATTRIBUTE -> new Attribute(name(), maybe(this::text), maybe(() -> some(this::text)));
            case ATTRIBUTE_SOURCE -> new AttributeSource(name(), maybe(this::text), condition(), name(), duration());
            case GROUP -> new Group(name(), maybe(this::text), attributes());
            case USER -> new User(name(), maybe(this::text),
                    any(this::name).stream().map(group -> new Membership(group, maybe(this::instant))).toList(), attributes());
            case DATA_SOURCE -> dataSource();
            case PROJECT -> new Project(name(), maybe(this::text), principals(), Set.copyOf(any(this::path)), principals(),
                    Set.copyOf(any(this::objectName)), random.nextBoolean(), random.nextBoolean());
            case CLASSIFIER -> classifier();
            case POLICY -> policy();
        };
    }

    private DataSource dataSource() {
        ObjectName name = objectName();
        Optional<FingerprintSettings> fingerprint = maybe(() -> new FingerprintSettings(maybe(random::nextBoolean), maybe(this::duration)));
        if (!name.isTable()) {
            return new DataSource(name, maybe(this::text), principals(), Set.copyOf(any(this::path)), ImmutableList.of(),
                    Optional.empty(), false, maybe(() -> pick(NewColumns.values())), ImmutableMap.of(), fingerprint);
        }
        return new DataSource(name, maybe(this::text), principals(), Set.copyOf(any(this::path)), any(this::column), maybe(this::column),
                random.nextBoolean(), maybe(() -> pick(NewColumns.values())),
                map(any(this::column), () -> new ColumnDescription(Set.copyOf(any(this::path)))), fingerprint);
    }

    private Classifier classifier() {
        boolean dictionary = random.nextBoolean();
        return new Classifier(name(), maybe(this::text), path(), dictionary ? Optional.empty() : Optional.of(condition()),
                dictionary ? Optional.of(some(this::text)) : Optional.empty(), maybe(this::condition), share());
    }

    private Policy policy() {
        Policy.Body body = switch (random.nextInt(6)) {
            case 0 -> new Policy.Access(objects(),
                    random.nextBoolean()
                            ? new Policy.AccessRule.Grant(pick(Policy.Level.values()), condition())
                            : new Policy.AccessRule.Guardrail(condition()));
            case 1 -> new Policy.RowFilter(objects(), rowRule());
            case 2 -> new Policy.Reveal(columns(1), beneficiary());
            case 3 -> new Policy.Unmask(columns(1), beneficiary());
            case 4 -> new Policy.Impersonation(condition(), new Principals(Set.copyOf(some(this::name)), Set.copyOf(any(this::name))));
            default -> new Policy.Masking(columns(2),
                    some(() -> new Policy.MaskRule(maybe(this::condition), mask())), maybe(this::condition),
                    random.nextBoolean() ? 0 : random.nextInt());
        };
        boolean exemptible = body instanceof Policy.RowFilter || body instanceof Policy.Masking;
        return new Policy(name(), maybe(this::text), pick(Policy.State.values()), exemptible ? maybe(this::condition) : Optional.empty(),
                body);
    }

    private Policy.RowRule rowRule() {
        return switch (random.nextInt(5)) {
            case 0 -> new Policy.RowRule.Matches(maybe(this::name),
                    random.nextBoolean() ? new Policy.ColumnReference.ByTag(path()) : new Policy.ColumnReference.ByName(column()));
            case 1 -> new Policy.RowRule.Where(condition());
            case 2 -> new Policy.RowRule.TimeWindow(random.nextBoolean(),
                    new Policy.AgeLimit(1 + random.nextInt(9_999), pick('m', 'h', 'd', 'y')));
            case 3 -> new Policy.RowRule.Minimize(share() * 100);
            default -> new Policy.RowRule.Purposes(some(this::path));
        };
    }

    private Policy.Beneficiary beneficiary() {
        return random.nextBoolean()
                ? new Policy.Beneficiary.AttributeMatchesTag(name())
                : new Policy.Beneficiary.Condition(condition());
    }

    private Mask mask() {
        return switch (pick(Mask.Type.values())) {
            case NULL -> new Mask.Null();
            case CONSTANT -> new Mask.Constant(text());
            case HASH -> new Mask.Hash();
            case REVERSIBLE -> new Mask.Reversible(random.nextBoolean());
            case FORMAT_PRESERVING -> new Mask.FormatPreserving(maybe(() -> pick(Mask.Alphabet.values())));
            case REGEX -> new Mask.Regex(condition(), text(), random.nextBoolean(), pick(Mask.NoMatch.values()));
            case CUSTOM -> new Mask.Custom(condition());
            case ROUNDING -> new Mask.Rounding(switch (random.nextInt(3)) {
                case 0 -> new Mask.Granularity.Bucket(
                        new BigDecimal(1 + random.nextInt(100_000)).scaleByPowerOfTen(random.nextInt(9) - 4).toPlainString());
                case 1 -> new Mask.Granularity.Unit(MaskReader.UNITS.values().asList().get(random.nextInt(MaskReader.UNITS.size())));
                default -> new Mask.Granularity.FromFingerprint();
            });
            case K_ANONYMITY -> new Mask.KAnonymity(2 + random.nextInt(9), random.nextBoolean(), random.nextBoolean(), any(this::column),
                    map(any(this::column), () -> new Mask.Hierarchy(random.nextBoolean())),
                    maybe(() -> new Mask.LDiversity(column(), 2 + random.nextInt(9))));
            case RANDOMIZED_RESPONSE -> new Mask.RandomizedResponse(
                    random.nextBoolean() ? new Mask.Noise.Epsilon(share() * 20) : new Mask.Noise.ReplacementRate(share()),
                    maybe(() -> some(this::text)), pick(Mask.NullHandling.values()), pick(Mask.Unseen.values()), maybe(this::text),
                    maybe(this::text), maybe(() -> pick(Mask.Mechanism.values())));
        };
    }

    private ObjectSelector objects() {
        Set<String> tags = Set.copyOf(any(this::path));
        Set<ObjectName> dataSources = Set.copyOf(any(this::objectName));
        return new ObjectSelector(tags, dataSources, (tags.isEmpty() && dataSources.isEmpty()) || random.nextBoolean());
    }

    private ColumnSelector columns(int depth) {
        Set<ColumnName> names = random.nextBoolean() ? Set.copyOf(some(this::columnName)) : Set.of();
        Optional<String> pattern = maybe(this::condition);
        Set<String> tags = names.isEmpty() && pattern.isEmpty() ? Set.copyOf(some(this::path)) : Set.of();
        return new ColumnSelector(names, pattern, tags, Set.copyOf(any(this::objectName)),
                random.nextBoolean() ? ImmutableSet.of() : ImmutableSet.of("varchar", "double precision"),
                depth == 0 || random.nextBoolean() ? Optional.empty() : Optional.of(columns(depth - 1)));
    }

    private Principals principals() {
        return new Principals(Set.copyOf(any(this::name)), Set.copyOf(any(this::name)));
    }

    private Map<String, List<AttributeValue>> attributes() {
        return map(any(this::name), () -> some(this::text).stream().map(value -> new AttributeValue(value, maybe(this::instant))).toList());
    }

    private ObjectName objectName() {
        return switch (random.nextInt(3)) {
            case 0 -> ObjectName.ofCatalog(name());
            case 1 -> ObjectName.ofSchema(name(), name());
            default -> ObjectName.ofTable(name(), name(), name());
        };
    }

    private ColumnName columnName() {
        return new ColumnName(ObjectName.ofTable(name(), name(), name()), name(),
                any(() -> random.nextBoolean() ? "[*]" : name()).stream().toList());
    }

    private String column() {
        return name().toLowerCase(ENGLISH);
    }

    private String path() {
        return IntStream.rangeClosed(0, random.nextInt(3)).mapToObj(_ -> pick(STEPS)).collect(joining("."));
    }

    private String name() {
        String name = IntStream.rangeClosed(0, random.nextInt(5)).mapToObj(_ -> pick(PIECES)).collect(joining()).strip();
        return name.isEmpty() ? "n" : name;
    }

    private String condition() {
        return 'c' + text();
    }

    private String text() {
        boolean plain = random.nextBoolean();
        return IntStream.range(0, random.nextInt(8)).mapToObj(_ -> plain || random.nextBoolean() ? pick(PIECES) : pick(BREAKS))
                .collect(joining());
    }

    private Instant instant() {
        return Instant.ofEpochSecond(random.nextLong(4_000_000_000L), pick(0, 0, 1_000 * random.nextInt(1_000_000)));
    }

    private Duration duration() {
        return Duration.ofSeconds((1 + random.nextInt(99)) * pick(1L, 60L, 3_600L, 86_400L));
    }

    private double share() {
        return 1 - random.nextDouble();
    }

    private <T> Optional<T> maybe(Supplier<T> supplier) {
        return random.nextBoolean() ? Optional.of(supplier.get()) : Optional.empty();
    }

    private <T> List<T> any(Supplier<T> supplier) {
        return distinct(random.nextInt(3), supplier);
    }

    private <T> List<T> some(Supplier<T> supplier) {
        return distinct(1 + random.nextInt(3), supplier);
    }

    private static <T> List<T> distinct(int count, Supplier<T> supplier) {
        return IntStream.range(0, count).mapToObj(_ -> supplier.get()).distinct().collect(ImmutableList.toImmutableList());
    }

    private static <T> Map<String, T> map(List<String> keys, Supplier<T> supplier) {
        return keys.stream().distinct().collect(ImmutableMap.toImmutableMap(key -> key, _ -> supplier.get()));
    }

    @SafeVarargs
    private <T> T pick(T... values) {
        return values[random.nextInt(values.length)];
    }

    private <T> T pick(List<T> values) {
        return values.get(random.nextInt(values.size()));
    }
}
