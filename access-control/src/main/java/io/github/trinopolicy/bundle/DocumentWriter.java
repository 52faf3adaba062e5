package io.github.trinopolicy.bundle;

import com.google.common.collect.ImmutableList;
import io.github.trinopolicy.bundle.Node.Scalar;
import io.github.trinopolicy.model.Attribute;
import io.github.trinopolicy.model.AttributeSource;
import io.github.trinopolicy.model.AttributeValue;
import io.github.trinopolicy.model.Classifier;
import io.github.trinopolicy.model.DataSource;
import io.github.trinopolicy.model.FingerprintSettings;
import io.github.trinopolicy.model.Group;
import io.github.trinopolicy.model.Membership;
import io.github.trinopolicy.model.Policy;
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

/// Writes objects in their canonical form: defaults left out, keys in the order of the format's description, sorted where order has no
/// meaning. Equal objects have equal texts, and [BundleReader] makes an equal object of the text. Stateless and thread-safe.
public final class DocumentWriter {
    /// @throws IllegalArgumentException when the object holds what the format cannot say, such as an interval of half a second
    public Node write(PolicyObject object) {
        MappingBuilder document = new MappingBuilder().put("kind", object.kind().documentName()).put("name", object.name())
                .putIfPresent("description", object.description());
        return switch (object) {
            case Tag _,Purpose _ -> document.build();
            case Attribute attribute -> document.putTexts("values", attribute.values().orElse(ImmutableList.of())).build();
            case AttributeSource source -> document.put("query", source.query()).put("attribute", source.attribute())
                    .put("interval", duration(source.interval())).build();
            case Group group -> attributes(document, group.attributes()).build();
            case User user ->
                attributes(document.putAll("groups", user.groups(), DocumentWriter::membership), user.attributes()).build();
            case DataSource source -> dataSource(document, source);
            case Project project -> project(document, project);
            case Classifier classifier -> classifier(document, classifier);
            case Policy policy -> PolicyWriter.write(document, policy).build();
        };
    }

    /// The document for people, as `export` shows it.
    public String toYaml(PolicyObject object) {
        return YamlWriter.write(write(object));
    }

    /// The document for the store: compact JSON on one line.
    public String toJson(PolicyObject object) {
        return JsonWriter.write(write(object));
    }

    private static Node dataSource(MappingBuilder document, DataSource source) {
        principals(document, "owners", source.owners());
        document.putSorted("tags", source.tags()).putTexts("key_columns", source.keyColumns())
                .putIfPresent("event_time", source.eventTime())
                .putIfPresent("approve_columns", source.approveAllColumns() ? Optional.of("all") : Optional.empty())
                .putIfPresent("new_columns", source.newColumns().map(Wording::word)).putMap("columns", source.columns(),
                        column -> new MappingBuilder().putSorted("tags", column.tags()).build());
        source.fingerprint().ifPresent(settings -> document.put("fingerprint", fingerprint(settings)));
        return document.build();
    }

    private static MappingBuilder fingerprint(FingerprintSettings settings) {
        MappingBuilder mapping = new MappingBuilder();
        settings.enabled().ifPresent(enabled -> mapping.put("enabled", enabled));
        return mapping.putIfPresent("interval", settings.interval().map(DocumentWriter::duration));
    }

    private static Node project(MappingBuilder document, Project project) {
        principals(document, "owners", project.owners());
        document.putSorted("purposes", project.purposes());
        principals(document, "members", project.members());
        return document.putSorted("data_sources", project.dataSources()).putUnless(false, "masked_joins", project.maskedJoins())
                .putUnless(false, "equalized", project.equalized()).build();
    }

    private static Node classifier(MappingBuilder document, Classifier classifier) {
        document.put("tag", classifier.tag()).putIfPresent("pattern", classifier.pattern())
                .putTexts("dictionary", classifier.dictionary().orElse(ImmutableList.of()))
                .putIfPresent("column_name", classifier.columnName());
        if (classifier.minShare() != DocumentReader.DEFAULT_MIN_SHARE) {
            document.put("min_share", classifier.minShare());
        }
        return document.build();
    }

    private static MappingBuilder attributes(MappingBuilder document, Map<String, List<AttributeValue>> attributes) {
        return document.putMap("attributes", attributes, values -> MappingBuilder.sequence(values, DocumentWriter::attributeValue));
    }

    private static Node attributeValue(AttributeValue value) {
        return expiring("value", value.value(), value.expires());
    }

    private static Node membership(Membership membership) {
        return expiring("name", membership.group(), membership.expires());
    }

    private static Node expiring(String key, String text, Optional<Instant> expires) {
        return expires.<Node>map(instant -> new MappingBuilder().put(key, text).put("expires", instant.toString()).build())
                .orElseGet(() -> Scalar.string(text));
    }

    static void principals(MappingBuilder document, String key, Principals principals) {
        if (!principals.isEmpty()) {
            document.put(key, new MappingBuilder().putSorted("users", principals.users()).putSorted("groups", principals.groups()));
        }
    }

    private static String duration(Duration duration) {
        long seconds = duration.toSeconds();
        if (!Duration.ofSeconds(seconds).equals(duration) || seconds <= 0) {
            throw new IllegalArgumentException("%s is no whole number of seconds above 0".formatted(duration));
        }
        if (seconds % 86_400 == 0) {
            return seconds / 86_400 + "d";
        }
        if (seconds % 3_600 == 0) {
            return seconds / 3_600 + "h";
        }
        return seconds % 60 == 0 ? seconds / 60 + "m" : seconds + "s";
    }
}
