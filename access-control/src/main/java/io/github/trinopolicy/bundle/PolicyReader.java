package io.github.trinopolicy.bundle;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.github.trinopolicy.model.ColumnSelector;
import io.github.trinopolicy.model.Mask;
import io.github.trinopolicy.model.ObjectSelector;
import io.github.trinopolicy.model.Policy;
import io.github.trinopolicy.model.Policy.Access;
import io.github.trinopolicy.model.Policy.AccessRule;
import io.github.trinopolicy.model.Policy.AccessRule.Grant;
import io.github.trinopolicy.model.Policy.AccessRule.Guardrail;
import io.github.trinopolicy.model.Policy.AgeLimit;
import io.github.trinopolicy.model.Policy.Beneficiary;
import io.github.trinopolicy.model.Policy.Beneficiary.AttributeMatchesTag;
import io.github.trinopolicy.model.Policy.Beneficiary.Condition;
import io.github.trinopolicy.model.Policy.Body;
import io.github.trinopolicy.model.Policy.ColumnReference;
import io.github.trinopolicy.model.Policy.Impersonation;
import io.github.trinopolicy.model.Policy.Level;
import io.github.trinopolicy.model.Policy.MaskRule;
import io.github.trinopolicy.model.Policy.Masking;
import io.github.trinopolicy.model.Policy.Reveal;
import io.github.trinopolicy.model.Policy.RowFilter;
import io.github.trinopolicy.model.Policy.RowRule;
import io.github.trinopolicy.model.Policy.RowRule.Matches;
import io.github.trinopolicy.model.Policy.RowRule.Minimize;
import io.github.trinopolicy.model.Policy.RowRule.Purposes;
import io.github.trinopolicy.model.Policy.RowRule.TimeWindow;
import io.github.trinopolicy.model.Policy.RowRule.Where;
import io.github.trinopolicy.model.Policy.State;
import io.github.trinopolicy.model.Policy.Unmask;
import io.github.trinopolicy.model.Principals;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;

/// Reads documents of kind `Policy`.
final class PolicyReader {
    /// What the type of a policy says of the rest of its document.
    private record Form(boolean takesExemption, Function<Fields, Optional<Body>> reader) {}

    private static final ImmutableMap<String, Form> FORMS = ImmutableMap.of("access", new Form(false, PolicyReader::access), "row-filter",
            new Form(true, PolicyReader::rowFilter), "mask", new Form(true, PolicyReader::masking), "reveal",
            new Form(false, fields -> forUsers(fields, Reveal::new)), "unmask",
            new Form(false, fields -> forUsers(fields, Unmask::new)), "impersonation", new Form(false, PolicyReader::impersonation));
    private static final ImmutableMap<String, State> STATES = Wording.words(State.class);
    private static final ImmutableMap<String, Level> LEVELS = Wording.words(Level.class);

    private PolicyReader() {
    }

    /// @param fields of the document, with name and description already read
    static Optional<Policy> policy(Fields fields, Optional<String> name, Optional<String> description) {
        // the type decides which keys are known; without it there is nothing more to say of them
        return fields.required("type", value -> value.word(FORMS)).flatMap(form -> {
            State state = fields.optional("state", value -> value.word(STATES)).orElse(State.ACTIVE);
            Optional<Body> body = form.reader().apply(fields);
            Optional<String> exempt = Optional.empty();
            if (form.takesExemption()) {
                exempt = fields.optional("exempt", Value::nonBlankText);
            }
            else {
                fields.refuse("exempt", "only a row-filter or a mask has exceptions; say it in the condition of the policy");
            }
            return policy(fields, name, description, state, exempt, body);
        });
    }

    private static Optional<Policy> policy(Fields fields, Optional<String> name, Optional<String> description, State state,
            Optional<String> exempt, Optional<Body> body) {
        return fields.build(
                () -> new Policy(name.orElseThrow(Value::unreported), description, state, exempt, body.orElseThrow(Value::unreported)));
    }

    private static Optional<Body> access(Fields fields) {
        Optional<ObjectSelector> appliesTo = fields.required("applies_to", SelectorReader::objects);
        Optional<AccessRule> rule = fields.oneOf("grant", "guardrail").flatMap(key -> key.equals("grant")
                ? fields.required(key, PolicyReader::grant)
                : fields.required(key, Value::nonBlankText).map(Guardrail::new));
        return both(appliesTo, rule, Access::new);
    }

    private static Optional<AccessRule> grant(Value value) {
        return value.fields().flatMap(fields -> {
            Optional<Level> level = fields.required("level", it -> it.word(LEVELS));
            Optional<String> to = fields.required("to", Value::nonBlankText);
            return fields.build(() -> new Grant(level.orElseThrow(Value::unreported), to.orElseThrow(Value::unreported)));
        });
    }

    private static Optional<Body> rowFilter(Fields fields) {
        Optional<ObjectSelector> appliesTo = fields.required("applies_to", SelectorReader::objects);
        Optional<RowRule> rule = fields.oneOf("matches", "where", "time_window", "minimize", "purposes").flatMap(key -> switch (key) {
            case "matches" -> fields.required(key, PolicyReader::matches);
            case "where" -> fields.required(key, Value::nonBlankText).map(Where::new);
            case "time_window" -> fields.required(key, PolicyReader::timeWindow);
            case "minimize" -> fields.required(key, PolicyReader::minimize);
            default -> fields.required(key, value -> value.someDistinct(NameReader::dottedPath)).map(Purposes::new);
        });
        return both(appliesTo, rule, RowFilter::new);
    }

    private static Optional<RowRule> matches(Value value) {
        return value.fields().flatMap(fields -> {
            Optional<String> key = fields.oneOf("attribute", "group");
            Optional<String> attribute = fields.optional("attribute", NameReader::name);
            fields.optional("group", SelectorReader::isTrue);
            Optional<ColumnReference> column = fields.required("column", PolicyReader::columnReference);
            return fields.build(() -> new Matches(key.orElseThrow(Value::unreported).equals("group") ? Optional.empty() : attribute,
                    column.orElseThrow(Value::unreported)));
        });
    }

    private static Optional<ColumnReference> columnReference(Value value) {
        return value.fields().flatMap(fields -> {
            Optional<ColumnReference> reference = fields.oneOf("tag", "name").flatMap(key -> key.equals("tag")
                    ? fields.required(key, NameReader::dottedPath).map(ColumnReference.ByTag::new)
                    : fields.required(key, NameReader::column).map(ColumnReference.ByName::new));
            return fields.build(() -> reference.orElseThrow(Value::unreported));
        });
    }

    private static Optional<RowRule> timeWindow(Value value) {
        return value.fields().flatMap(fields -> {
            Optional<String> key = fields.oneOf("newer_than", "older_than");
            Optional<AgeLimit> limit = key.flatMap(it -> fields.required(it, TimeReader::ageLimit));
            return fields.build(() -> new TimeWindow(key.orElseThrow(Value::unreported).equals("newer_than"),
                    limit.orElseThrow(Value::unreported)));
        });
    }

    private static Optional<RowRule> minimize(Value value) {
        return value.fields().flatMap(fields -> {
            Optional<Double> percent = fields.required("percent", it -> it.positiveNumber(100));
            return fields.build(() -> new Minimize(percent.orElseThrow(Value::unreported)));
        });
    }

    private static Optional<Body> masking(Fields fields) {
        Optional<ColumnSelector> columns = fields.required("columns", SelectorReader::columns);
        Optional<List<MaskRule>> rules = fields.oneOf("mask", "rules").flatMap(key -> key.equals("mask")
                ? fields.required(key, MaskReader::mask).map(mask -> ImmutableList.of(new MaskRule(Optional.empty(), mask)))
                : fields.required(key, value -> value.list(PolicyReader::maskRule).flatMap(value::some)));
        Optional<String> condition = fields.optional("condition", Value::nonBlankText);
        int priority = fields.optional("priority", value -> value.integer(Integer.MIN_VALUE, Integer.MAX_VALUE)).orElse(0);
        return both(columns, rules, (selector, list) -> new Masking(selector, list, condition, priority));
    }

    private static Optional<MaskRule> maskRule(Value value) {
        return value.fields().flatMap(fields -> {
            Optional<String> forWhom = fields.optional("for", Value::nonBlankText);
            Optional<Mask> mask = fields.required("mask", MaskReader::mask);
            return fields.build(() -> new MaskRule(forWhom, mask.orElseThrow(Value::unreported)));
        });
    }

    private static Optional<Body> forUsers(Fields fields, BiFunction<ColumnSelector, Beneficiary, Body> constructor) {
        Optional<ColumnSelector> columns = fields.required("columns", SelectorReader::columns);
        Optional<Beneficiary> to = fields.required("to", PolicyReader::beneficiary);
        return both(columns, to, constructor);
    }

    private static Optional<Beneficiary> beneficiary(Value value) {
        if (!value.isMapping()) {
            return value.nonBlankText().map(Condition::new);
        }
        return value.fields().flatMap(fields -> {
            Optional<String> attribute = fields.required("attribute_matches_tag", NameReader::name);
            return fields.build(() -> new AttributeMatchesTag(attribute.orElseThrow(Value::unreported)));
        });
    }

    private static Optional<Body> impersonation(Fields fields) {
        Optional<String> who = fields.required("who", Value::nonBlankText);
        Optional<Principals> as = fields.required("as", SelectorReader::somePrincipals);
        return both(who, as, Impersonation::new);
    }

    private static <A, B> Optional<Body> both(Optional<A> first, Optional<B> second, BiFunction<A, B, Body> constructor) {
        return first.flatMap(a -> second.map(b -> constructor.apply(a, b)));
    }
}
