package io.github.trinopolicy.commandline;

import static com.google.common.collect.ImmutableSet.toImmutableSet;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableSet;
import io.github.trinopolicy.bundle.BundleDocument;
import io.github.trinopolicy.bundle.DeclaredNames;
import io.github.trinopolicy.bundle.Position;
import io.github.trinopolicy.bundle.Wording;
import io.github.trinopolicy.model.Attribute;
import io.github.trinopolicy.model.AttributeSource;
import io.github.trinopolicy.model.AttributeValue;
import io.github.trinopolicy.model.Classifier;
import io.github.trinopolicy.model.ColumnSelector;
import io.github.trinopolicy.model.DataSource;
import io.github.trinopolicy.model.Group;
import io.github.trinopolicy.model.Mask;
import io.github.trinopolicy.model.Membership;
import io.github.trinopolicy.model.ObjectName;
import io.github.trinopolicy.model.ObjectSelector;
import io.github.trinopolicy.model.Policy;
import io.github.trinopolicy.model.Principals;
import io.github.trinopolicy.model.Project;
import io.github.trinopolicy.model.Purpose;
import io.github.trinopolicy.model.Tag;
import io.github.trinopolicy.model.User;
import io.github.trinopolicy.policy.AttributeSourceCheck;
import io.github.trinopolicy.policy.PolicyText;
import io.github.trinopolicy.policy.PolicyTextException;
import io.github.trinopolicy.policy.PolicyTextParser;
import io.github.trinopolicy.policy.PolicyTextParser.Scope;
import io.github.trinopolicy.policy.RegexMaskCheck;
import io.github.trinopolicy.policy.RevealSelector;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/// Checks one document offline: its policy texts, and that what it refers to is declared. What depends on the real tables is the
/// server's to check.
final class DocumentCheck {
    private final PolicyTextParser parser = new PolicyTextParser();
    private final String file;
    private final BundleDocument document;
    private final DeclaredNames names;
    private final Set<ObjectName> registered;
    private final Consumer<Problem> errors;
    private final Consumer<Problem> undeclared;

    DocumentCheck(String file, BundleDocument document, DeclaredNames names, Set<ObjectName> registered, Consumer<Problem> errors,
            Consumer<Problem> undeclared) {
        this.file = requireNonNull(file, "file is null");
        this.document = requireNonNull(document, "document is null");
        this.names = requireNonNull(names, "names is null");
        this.registered = ImmutableSet.copyOf(registered);
        this.errors = requireNonNull(errors, "errors is null");
        this.undeclared = requireNonNull(undeclared, "undeclared is null");
    }

    void check() {
        switch (document.object()) {
            case Tag _,Purpose _,Attribute _ -> {
                // they declare, and refer to nothing
            }
            case Group group -> attributes(group.attributes());
            case User user -> {
                groups("groups", user.groups().stream().map(Membership::group).toList());
                attributes(user.attributes());
            }
            case DataSource source -> {
                groups("owners.groups", source.owners().groups());
                tags("tags", source.tags());
                source.columns().forEach((column, description) -> tags("columns.%s.tags".formatted(ObjectName.quoteWhereNeeded(column)),
                        description.tags()));
            }
            case AttributeSource source -> {
                missing("attribute", names.attribute(source.attribute()));
                AttributeSourceCheck.mistakes(source).forEach(mistake -> report(errors,
                        document.source().position(mistake.key(), mistake.line(), mistake.column()), mistake.message()));
            }
            case Project project -> {
                principals("owners", project.owners());
                principals("members", project.members());
                project.purposes().forEach(purpose -> missing("purposes", names.purpose(purpose)));
                project.dataSources().forEach(object -> dataSource("data_sources", object));
            }
            case Classifier classifier -> {
                missing("tag", names.tag(classifier.tag()));
                classifier.pattern().ifPresent(pattern -> pattern("pattern", pattern));
                classifier.columnName().ifPresent(pattern -> pattern("column_name", pattern));
            }
            case Policy policy -> policy(policy);
        }
    }

    private void policy(Policy policy) {
        policy.exempt().ifPresent(text -> text("exempt", text, Scope.USER));
        switch (policy.body()) {
            case Policy.Access access -> {
                selector("applies_to", access.appliesTo());
                switch (access.rule()) {
                    case Policy.AccessRule.Grant grant -> text("grant.to", grant.to(), Scope.USER);
                    case Policy.AccessRule.Guardrail guardrail -> text("guardrail", guardrail.condition(), Scope.USER);
                }
            }
            case Policy.RowFilter filter -> {
                selector("applies_to", filter.appliesTo());
                rowRule(filter.rule());
            }
            case Policy.Masking masking -> {
                selector("columns", masking.columns());
                masking.condition().ifPresent(text -> text("condition", text, Scope.ROW));
                for (int i = 0; i < masking.rules().size(); i++) {
                    maskRule("rules[%s]".formatted(i), masking.rules().get(i));
                }
            }
            case Policy.Reveal reveal -> {
                RevealSelector.wrong(reveal.columns()).ifPresent(wrong -> report(errors, document.source().position("columns"), wrong));
                selector("columns", reveal.columns());
                beneficiary(reveal.to());
            }
            case Policy.Unmask unmask -> {
                selector("columns", unmask.columns());
                beneficiary(unmask.to());
            }
            case Policy.Impersonation impersonation -> {
                text("who", impersonation.who(), Scope.USER);
                principals("as", impersonation.as());
            }
        }
    }

    private void rowRule(Policy.RowRule rule) {
        switch (rule) {
            case Policy.RowRule.Matches matches -> {
                matches.attribute().ifPresent(attribute -> missing("matches.attribute", names.attribute(attribute)));
                if (matches.column() instanceof Policy.ColumnReference.ByTag column) {
                    missing("matches.column.tag", names.tag(column.tag()));
                }
            }
            case Policy.RowRule.Where where -> text("where", where.condition(), Scope.ROW);
            case Policy.RowRule.Purposes purposes -> purposes.purposes().forEach(purpose -> missing("purposes", names.purpose(purpose)));
            case Policy.RowRule.TimeWindow _,Policy.RowRule.Minimize _ -> {
                // speak of the table alone
            }
        }
    }

    private void maskRule(String path, Policy.MaskRule rule) {
        rule.forWhom().ifPresent(text -> text(path + ".for", text, Scope.USER));
        if (rule.mask() instanceof Mask.Custom custom) {
            text(path + ".mask.expression", custom.expression(), Scope.ROW);
        }
        if (rule.mask() instanceof Mask.Regex regex) {
            RegexMaskCheck.mistake(regex).ifPresent(mistake -> report(errors,
                    document.source().position(path + ".mask." + mistake.key()), mistake.message()));
        }
    }

    private void beneficiary(Policy.Beneficiary to) {
        switch (to) {
            case Policy.Beneficiary.Condition condition -> text("to", condition.text(), Scope.USER);
            case Policy.Beneficiary.AttributeMatchesTag matching ->
                missing("to.attribute_matches_tag", names.attribute(matching.attribute()));
        }
    }

    private void selector(String path, ObjectSelector selector) {
        tags(path + ".tags", selector.tags());
        selector.dataSources().forEach(object -> dataSource(path + ".data_sources", object));
    }

    private void selector(String path, ColumnSelector selector) {
        tags(path + ".tags", selector.tags());
        selector.in().forEach(object -> dataSource(path + ".in", object));
        selector.names().forEach(column -> dataSource(path + ".names", column.table()));
        selector.pattern().ifPresent(pattern -> pattern(path + ".pattern", pattern));
        selector.not().ifPresent(not -> selector(path + ".not", not));
    }

    private void dataSource(String path, ObjectName object) {
        if (registered.stream().noneMatch(known -> known.contains(object) || object.contains(known))) {
            Set<String> candidates = registered.stream().map(ObjectName::toString).collect(toImmutableSet());
            missing(path, Optional.of("'%s' is not registered%s; add a document of kind DataSource".formatted(object,
                    Wording.didYouMean(object.toString(), candidates))));
        }
    }

    private void attributes(Map<String, List<AttributeValue>> attributes) {
        attributes.forEach((name, values) -> values.forEach(
                value -> missing("attributes." + ObjectName.quoteWhereNeeded(name), names.attributeValue(name, value.value()))));
    }

    private void principals(String path, Principals principals) {
        groups(path + ".groups", principals.groups());
    }

    private void groups(String path, Collection<String> groups) {
        groups.forEach(group -> missing(path, names.group(group)));
    }

    private void tags(String path, Set<String> tags) {
        tags.forEach(tag -> missing(path, names.tag(tag)));
    }

    private void pattern(String path, String pattern) {
        try {
            Pattern.compile(pattern);
        }
        catch (PatternSyntaxException e) {
            report(errors, document.source().position(path), "the pattern is no regular expression: " + e.getDescription());
        }
    }

    private void text(String path, String text, Scope scope) {
        try {
            PolicyText parsed = parser.parse(text, scope);
            groups(path, parsed.names().groups());
            parsed.names().attributes().forEach(attribute -> missing(path, names.attribute(attribute)));
            parsed.names().purposes().forEach(purpose -> missing(path, names.purpose(purpose)));
            tags(path, parsed.tags());
        }
        catch (PolicyTextException e) {
            report(errors, document.source().position(path, e.line(), e.column()), String.valueOf(e.getMessage()));
        }
    }

    private void missing(String path, Optional<String> message) {
        message.ifPresent(text -> report(undeclared, document.source().position(path), text));
    }

    private void report(Consumer<Problem> to, Optional<Position> position, String message) {
        to.accept(Problem.of(file, position.or(document::position), "%s %s: %s".formatted(document.object().kind().documentName(),
                Wording.quoted(document.object().name()), message)));
    }
}
