package io.github.trinopolicy.bundle;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.github.trinopolicy.bundle.Node.Mapping;
import io.github.trinopolicy.bundle.Node.Scalar;
import io.github.trinopolicy.model.Attribute;
import io.github.trinopolicy.model.AttributeSource;
import io.github.trinopolicy.model.AttributeValue;
import io.github.trinopolicy.model.Classifier;
import io.github.trinopolicy.model.ColumnDescription;
import io.github.trinopolicy.model.DataSource;
import io.github.trinopolicy.model.FingerprintSettings;
import io.github.trinopolicy.model.Group;
import io.github.trinopolicy.model.Kind;
import io.github.trinopolicy.model.Membership;
import io.github.trinopolicy.model.NewColumns;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.model.PolicyObject;
import io.github.trinopolicy.model.Principals;
import io.github.trinopolicy.model.Project;
import io.github.trinopolicy.model.Purpose;
import io.github.trinopolicy.model.Tag;
import io.github.trinopolicy.model.User;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// Makes the record of a document. It judges form only; whether the named things exist is for others to say.
final class DocumentReader {
    static final String API_VERSION = "policy/v1";
    static final double DEFAULT_MIN_SHARE = 0.9;

    private static final ImmutableMap<String, Kind> KINDS = Stream.of(Kind.values())
            .collect(ImmutableMap.toImmutableMap(Kind::documentName, kind -> kind));
    private static final ImmutableMap<String, Boolean> API_VERSIONS = ImmutableMap.of(API_VERSION, true);
    private static final ImmutableMap<String, Boolean> ALL = ImmutableMap.of("all", true);
    private static final ImmutableMap<String, NewColumns> NEW_COLUMNS = Wording.words(NewColumns.class);

    private final BundleErrors errors;

    DocumentReader(BundleErrors errors) {
        this.errors = requireNonNull(errors, "errors is null");
    }

    /// Empty after errors were reported.
    Optional<BundleDocument> read(Node node) {
        int errorsBefore = errors.count();
        Value document = new Value(node, errors, node, DocumentPath.ROOT);
        return document.fields().flatMap(fields -> fields.required("kind", value -> value.word(KINDS)).flatMap(kind -> {
            fields.optional("api_version", value -> value.word(API_VERSIONS));
            boolean takeOver = fields.bool("take_over", false);
            Optional<? extends PolicyObject> object = object(kind, fields);
            return errors.count() == errorsBefore
                    ? Optional.of(new BundleDocument(object.orElseThrow(Value::unreported), new SourceMap(node), takeOver, node.position()))
                    : Optional.empty();
        }));
    }

    /// How messages call a document of which nothing is known yet, such as `Policy 'x'`.
    static String title(Node node) {
        if (!(node instanceof Mapping mapping)) {
            return "the document";
        }
        Optional<String> kind = mapping.get("kind").filter(Scalar.class::isInstance).map(it -> ((Scalar) it).text())
                .filter(KINDS::containsKey);
        Optional<String> name = mapping.get("name").filter(Scalar.class::isInstance).map(it -> ((Scalar) it).text());
        return kind.orElse("the document") + name.map(it -> ' ' + Wording.quoted(it)).orElse("");
    }

    private static Optional<? extends PolicyObject> object(Kind kind, Fields fields) {
        Optional<String> description = fields.optional("description", Value::text);
        if (kind == Kind.DATA_SOURCE) {
            return dataSource(fields, description);
        }
        boolean hierarchical = kind == Kind.TAG || kind == Kind.PURPOSE;
        Optional<String> name = fields.required("name", hierarchical ? NameReader::dottedPath : NameReader::name);
        return switch (kind) {
            case TAG -> fields.build(() -> new Tag(name.orElseThrow(Value::unreported), description));
            case PURPOSE -> fields.build(() -> new Purpose(name.orElseThrow(Value::unreported), description));
            case ATTRIBUTE -> attribute(fields, name, description);
            case ATTRIBUTE_SOURCE -> attributeSource(fields, name, description);
            case GROUP -> group(fields, name, description);
            case USER -> user(fields, name, description);
            case PROJECT -> project(fields, name, description);
            case CLASSIFIER -> classifier(fields, name, description);
            case POLICY -> PolicyReader.policy(fields, name, description);
            case DATA_SOURCE -> throw new IllegalStateException("read above");
        };
    }

    private static Optional<DataSource> dataSource(Fields fields, Optional<String> description) {
        Optional<ObjectName> name = fields.required("name", NameReader::objectName);
        name.filter(it -> !it.isTable()).ifPresent(_ -> {
            for (String key : List.of("key_columns", "event_time", "approve_columns", "columns")) {
                fields.refuse(key, "only a table has columns, and the name is not that of a table (catalog.schema.table)");
            }
        });
        Principals owners = fields.optional("owners", SelectorReader::principals).orElse(Principals.NONE);
        Set<String> tags = SelectorReader.anyOf(fields, "tags", NameReader::dottedPath);
        Set<String> keyColumns = SelectorReader.anyOf(fields, "key_columns", NameReader::column);
        Optional<String> eventTime = fields.optional("event_time", NameReader::column);
        boolean approveAll = fields.optional("approve_columns", value -> value.word(ALL)).isPresent();
        Optional<NewColumns> newColumns = fields.optional("new_columns", value -> value.word(NEW_COLUMNS));
        Map<String, ColumnDescription> columns = fields
                .optional("columns", value -> value.map(NameReader::column, DocumentReader::columnDescription)).orElse(ImmutableMap.of());
        Optional<FingerprintSettings> fingerprint = fields.optional("fingerprint", DocumentReader::fingerprint);
        return fields.build(() -> new DataSource(name.orElseThrow(Value::unreported), description, owners, tags,
                ImmutableList.copyOf(keyColumns), eventTime, approveAll, newColumns, columns, fingerprint));
    }

    private static Optional<ColumnDescription> columnDescription(Value value) {
        return value.fields().flatMap(fields -> {
            Set<String> tags = SelectorReader.anyOf(fields, "tags", NameReader::dottedPath);
            return fields.build(() -> new ColumnDescription(tags));
        });
    }

    private static Optional<FingerprintSettings> fingerprint(Value value) {
        return value.fields().flatMap(fields -> {
            Optional<Boolean> enabled = fields.optional("enabled", Value::bool);
            Optional<Duration> interval = fields.optional("interval", TimeReader::duration);
            return fields.build(() -> new FingerprintSettings(enabled, interval));
        });
    }

    private static Optional<Attribute> attribute(Fields fields, Optional<String> name, Optional<String> description) {
        Optional<List<String>> values = fields.optional("values", value -> value.someDistinct(Value::data));
        return fields.build(() -> new Attribute(name.orElseThrow(Value::unreported), description, values));
    }

    private static Optional<AttributeSource> attributeSource(Fields fields, Optional<String> name, Optional<String> description) {
        Optional<String> query = fields.required("query", Value::nonBlankText);
        Optional<String> attribute = fields.required("attribute", NameReader::name);
        Optional<Duration> interval = fields.required("interval", TimeReader::duration);
        return fields.build(() -> new AttributeSource(name.orElseThrow(Value::unreported), description,
                query.orElseThrow(Value::unreported), attribute.orElseThrow(Value::unreported), interval.orElseThrow(Value::unreported)));
    }

    private static Optional<Group> group(Fields fields, Optional<String> name, Optional<String> description) {
        Map<String, List<AttributeValue>> attributes = attributes(fields);
        return fields.build(() -> new Group(name.orElseThrow(Value::unreported), description, attributes));
    }

    private static Optional<User> user(Fields fields, Optional<String> name, Optional<String> description) {
        List<Membership> groups = fields
                .optional("groups", value -> value.distinct(DocumentReader::membership, Membership::group)).orElse(ImmutableList.of());
        Map<String, List<AttributeValue>> attributes = attributes(fields);
        return fields.build(() -> new User(name.orElseThrow(Value::unreported), description, groups, attributes));
    }

    private static Optional<Membership> membership(Value value) {
        if (!value.isMapping()) {
            return NameReader.name(value).map(group -> new Membership(group, Optional.empty()));
        }
        return value.fields().flatMap(fields -> {
            Optional<String> group = fields.required("name", NameReader::name);
            Optional<Instant> expires = fields.optional("expires", TimeReader::instant);
            return fields.build(() -> new Membership(group.orElseThrow(Value::unreported), expires));
        });
    }

    private static Map<String, List<AttributeValue>> attributes(Fields fields) {
        return fields.optional("attributes", value -> value.map(NameReader::name, DocumentReader::attributeValues))
                .orElse(ImmutableMap.of());
    }

    private static Optional<List<AttributeValue>> attributeValues(Value value) {
        if (!value.isSequence()) {
            return attributeValue(value).map(ImmutableList::of);
        }
        return value.distinct(DocumentReader::attributeValue, AttributeValue::value).flatMap(value::some);
    }

    private static Optional<AttributeValue> attributeValue(Value value) {
        if (!value.isMapping()) {
            return value.data().map(text -> new AttributeValue(text, Optional.empty()));
        }
        return value.fields().flatMap(fields -> {
            Optional<String> text = fields.required("value", Value::data);
            Optional<Instant> expires = fields.optional("expires", TimeReader::instant);
            return fields.build(() -> new AttributeValue(text.orElseThrow(Value::unreported), expires));
        });
    }

    private static Optional<Project> project(Fields fields, Optional<String> name, Optional<String> description) {
        Principals owners = fields.optional("owners", SelectorReader::principals).orElse(Principals.NONE);
        Set<String> purposes = SelectorReader.anyOf(fields, "purposes", NameReader::dottedPath);
        Principals members = fields.optional("members", SelectorReader::principals).orElse(Principals.NONE);
        Set<ObjectName> dataSources = SelectorReader.anyOf(fields, "data_sources", NameReader::objectName);
        boolean maskedJoins = fields.bool("masked_joins", false);
        boolean equalized = fields.bool("equalized", false);
        return fields.build(() -> new Project(name.orElseThrow(Value::unreported), description, owners, ImmutableSet.copyOf(purposes),
                members, dataSources, maskedJoins, equalized));
    }

    private static Optional<Classifier> classifier(Fields fields, Optional<String> name, Optional<String> description) {
        Optional<String> tag = fields.required("tag", NameReader::dottedPath);
        Optional<String> pattern = fields.optional("pattern", Value::nonBlankText);
        Optional<List<String>> dictionary = fields.optional("dictionary", value -> value.someDistinct(Value::data));
        Optional<String> columnName = fields.optional("column_name", Value::nonBlankText);
        // the name of the column is evidence of its own, and may come with one for the values
        boolean byValue = fields.get("pattern").isPresent() || fields.get("dictionary").isPresent();
        if (byValue) {
            fields.oneOf("pattern", "dictionary");
        }
        else {
            fields.oneOf("pattern", "dictionary", "column_name");
        }
        double minShare = fields.optional("min_share", value -> value.positiveNumber(1)).orElse(DEFAULT_MIN_SHARE);
        return fields.build(() -> new Classifier(name.orElseThrow(Value::unreported), description, tag.orElseThrow(Value::unreported),
                pattern, dictionary, columnName, minShare));
    }
}
