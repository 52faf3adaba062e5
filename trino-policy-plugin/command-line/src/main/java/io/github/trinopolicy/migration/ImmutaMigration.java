package io.github.trinopolicy.migration;

import static java.util.Locale.ENGLISH;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.github.trinopolicy.bundle.Wording;
import io.github.trinopolicy.model.ColumnSelector;
import io.github.trinopolicy.model.Mask;
import io.github.trinopolicy.model.ObjectSelector;
import io.github.trinopolicy.model.Policy;
import io.github.trinopolicy.model.Policy.Access;
import io.github.trinopolicy.model.Policy.AccessRule;
import io.github.trinopolicy.model.Policy.AgeLimit;
import io.github.trinopolicy.model.Policy.Body;
import io.github.trinopolicy.model.Policy.ColumnReference;
import io.github.trinopolicy.model.Policy.Level;
import io.github.trinopolicy.model.Policy.MaskRule;
import io.github.trinopolicy.model.Policy.Masking;
import io.github.trinopolicy.model.Policy.RowFilter;
import io.github.trinopolicy.model.Policy.RowRule;
import io.github.trinopolicy.model.Policy.State;
import io.github.trinopolicy.model.PolicyObject;
import io.github.trinopolicy.policy.PolicyTextException;
import io.github.trinopolicy.policy.PolicyTextParser.Scope;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/// Carries Immuta's global policies over, in the YAML of its V2 API.
///
/// From the documentation: `name`, `type`, `staged`, `actions` with `rules`, the types `Masking`, `Row Restriction by User Entitlements`,
/// `Row Restriction by Custom Where Clause`, their `config`, `exceptions` and `inclusions`, `circumstances` of the types `tags`, `columnTags`,
/// `columnRegex`, and subscription policies of the types `entitlements`, `anyone`, `approval`, `manual`. From recollection: the names and
/// parameters of the rules for minimization, time and purposes, `shareResponsibility`, `accessGrant`. A rule on rows that is not understood
/// shows no row, a mask that is not understood NULL.
final class ImmutaMigration {
    private static final Set<String> DESCRIPTIVE = ImmutableSet.of("name", "policyKey", "type", "description", "actions", "circumstances",
            "circumstanceOperator", "staged", "template");

    private final Satisfiability satisfiability = new Satisfiability();
    private final ConditionText texts = new ConditionText(satisfiability);
    private final Remarks remarks;
    private final ImmutaMasks masks;
    private final ImmutaPeople people;
    private final ImmutableList.Builder<PolicyObject> documents = ImmutableList.builder();
    private int number;

    ImmutaMigration(Remarks remarks) {
        this.remarks = requireNonNull(remarks, "remarks is null");
        this.masks = new ImmutaMasks(remarks);
        this.people = new ImmutaPeople(remarks);
    }

    /// @param roots documents, each a policy or a list of policies
    List<PolicyObject> migrate(List<Element> roots) {
        roots.stream().flatMap(root -> root.isSequence() ? root.items().stream() : List.of(root).stream()).forEach(this::policy);
        return documents.build();
    }

    private void policy(Element policy) {
        String name = "the policy %s".formatted(Wording.quoted(policy.required("name").text()));
        for (Element member : policy.members()) {
            if (!DESCRIPTIVE.contains(member.name()) && !member.isEmpty()) {
                remarks.unmigrated(member, "%s of %s".formatted(Wording.quoted(member.name()), name),
                        "it is not understood and not carried over",
                        "look up whether it narrows what the policy gives");
            }
        }
        boolean template = policy.optional("template").filter(Element::isText).isEmpty()
                && policy.optional("template").map(Element::bool).orElse(false);
        if (template) {
            remarks.unmigrated(policy, name, "it applies when an owner selects it, which there is not here; it is staged",
                    "remove 'state'");
        }
        State state = template || policy.optional("staged").map(Element::bool).orElse(false) ? State.STAGED : State.ACTIVE;
        Element type = policy.required("type");
        switch (type.text()) {
            case "data" -> policy.required("actions").items().forEach(action -> {
                List<Element> rules = action.optional("rules").map(Element::items).orElseGet(() -> ImmutableList.of(action));
                masking(rules.stream().filter(rule -> kind(rule).equals("masking")).toList(), state);
                rules.stream().filter(rule -> !kind(rule).equals("masking")).forEach(rule -> row(policy, rule, state));
            });
            case "subscription" -> subscription(policy, state);
            default -> throw type.error("data or subscription is expected");
        }
    }

    private static String kind(Element rule) {
        return rule.required("type").text().toLowerCase(ENGLISH).replaceAll("[^a-z]", "");
    }

    private record MaskGroup(ColumnSelector columns, Optional<String> condition) {}

    /// Rules in their order: the first whose inclusions fit a user counts, unless he is excepted from it.
    private void masking(List<Element> rules, State state) {
        Map<MaskGroup, List<MaskRule>> groups = new LinkedHashMap<>();
        Map<ColumnSelector, Condition> earlier = new LinkedHashMap<>();
        for (Element rule : rules) {
            Element config = rule.required("config");
            ColumnSelector columns = columns(config);
            Who included = people.included(rule);
            Who excepted = people.excepted(rule);
            Condition before = earlier.getOrDefault(columns, Condition.NOBODY);
            Condition reaching = Condition.all(included.possible(), Condition.not(excepted.certain()), Condition.not(before));
            earlier.put(columns, Condition.any(before, included.certain()));
            Mask mask = masks.mask(config.required("maskingConfig"));
            if (satisfiability.isSatisfiable(reaching)) {
                groups.computeIfAbsent(new MaskGroup(columns, condition(config)), _ -> new ArrayList<>())
                        .add(new MaskRule(condition(reaching), included.isExact() ? mask : new Mask.Null()));
            }
        }
        groups.forEach((group, list) -> add("mask", state, Optional.empty(), new Masking(group.columns(), list, group.condition(), 0)));
    }

    private Optional<String> condition(Element config) {
        return config.optional("conditionalPredicate").flatMap(predicate -> {
            try {
                return Optional.of(ImmutaPredicate.translate(predicate.text(), Scope.ROW));
            }
            catch (PolicyTextException e) {
                remarks.unmigrated(predicate, "the condition of a mask",
                        "a policy may not say it: %s; every row is masked".formatted(e.getMessage()),
                        "write the condition anew");
                return Optional.empty();
            }
        });
    }

    private Optional<String> condition(Condition condition) {
        return satisfiability.implies(Condition.EVERYBODY, condition) ? Optional.empty() : Optional.of(texts.of(condition));
    }

    private ColumnSelector columns(Element config) {
        Set<String> tags = new HashSet<>();
        List<String> patterns = new ArrayList<>();
        for (Element field : config.required("fields").items()) {
            String type = field.required("type").text();
            Optional<String> tag = field.optional("columnTag").map(Element::text)
                    .filter(name -> Declarable.isAccepted(Declarable.tag(name)));
            if (type.equals("columnTags") && tag.isPresent()) {
                tags.add(tag.get());
            }
            else if (type.equals("columnRegex")) {
                patterns.add(pattern(field));
            }
            else {
                remarks.unmigrated(field, "columns of the type %s".formatted(Wording.quoted(type)),
                        "a policy selects columns by tag or name; this one masks all columns", "name the tags");
                patterns.add(".*");
            }
        }
        if (tags.isEmpty() && patterns.isEmpty()) {
            throw config.error("no column is selected");
        }
        return new ColumnSelector(ImmutableSet.of(), patterns.stream().reduce((a, b) -> a + "|" + b), tags, ImmutableSet.of(),
                ImmutableSet.of(),
                Optional.empty());
    }

    /// Immuta looks for the expression anywhere in the name, ours is for the whole name.
    private static String pattern(Element field) {
        Element regex = field.required("regex");
        NamePattern.of(regex);
        String text = "%s.*(?:%s).*".formatted(field.optional("caseInsensitive").map(Element::bool).orElse(false) ? "(?i)" : "",
                regex.text());
        try {
            Pattern.compile(text);
            return "(?:" + text + ")";
        }
        catch (PatternSyntaxException e) {
            throw regex.error("this is no regular expression: " + e.getDescription());
        }
    }

    private void row(Element policy, Element rule, State state) {
        Who included = people.included(rule);
        Who excepted = people.excepted(rule);
        Condition exempt = Condition.any(excepted.certain(), Condition.not(included.possible()));
        Optional<String> exemption = satisfiability.isSatisfiable(exempt) ? Optional.of(texts.of(exempt)) : Optional.empty();
        ObjectSelector tables = tables(policy, false).orElseThrow();
        for (RowRule filter : filters(rule)) {
            add("filter", state, exemption, new RowFilter(tables, filter));
        }
    }

    private List<RowRule> filters(Element rule) {
        Optional<Element> config = rule.optional("config");
        Optional<List<RowRule>> filters = switch (kind(rule)) {
            case "rowrestrictionbyuserentitlements" -> config.map(this::matches);
            case "rowrestrictionbycustomwhereclause" -> config.flatMap(it -> it.optional("predicate")).flatMap(this::where).map(List::of);
            case "minimization", "minimize" -> config.flatMap(it -> it.optional("percent")).map(Element::data)
                    .filter(text -> text.matches("[0-9]{1,2}(\\.[0-9]{1,6})?")).map(Double::parseDouble).filter(percent -> percent > 0)
                    .map(percent -> List.of(new RowRule.Minimize(percent)));
            case "timerestriction", "timebasedrestriction" -> config.flatMap(ImmutaMigration::timeWindow).map(List::of);
            case "purposerestriction", "prerequisite", "visibility" -> config.or(() -> Optional.of(rule))
                    .map(it -> it.itemsOf("purposes").stream().map(Element::text).toList())
                    .filter(purposes -> !purposes.isEmpty()
                            && purposes.stream().allMatch(purpose -> Declarable.isAccepted(Declarable.purpose(purpose))))
                    .map(purposes -> List.of(new RowRule.Purposes(purposes)));
            default -> Optional.empty();
        };
        return filters.filter(list -> !list.isEmpty()).orElseGet(() -> {
            remarks.unmigrated(rule, "a rule of the type %s".formatted(Wording.quoted(rule.required("type").text())),
                    "it is not known, or not understood; no row is shown", "write the filter anew");
            return List.of(new RowRule.Where("false"));
        });
    }

    private Optional<RowRule> where(Element predicate) {
        try {
            return Optional.of(new RowRule.Where(ImmutaPredicate.translate(predicate.text(), Scope.ROW)));
        }
        catch (PolicyTextException e) {
            remarks.unmigrated(predicate, "the predicate of a filter", "a policy may not say it: " + e.getMessage(),
                    "write the filter anew");
            return Optional.empty();
        }
    }

    /// In seconds, and whether older or newer rows are meant.
    private static Optional<RowRule> timeWindow(Element config) {
        boolean newer = !config.optional("isOlderThanPolicy").map(Element::bool).orElse(false);
        return config.optional("time").map(Element::data).filter(text -> text.matches("[1-9][0-9]{0,9}")).map(Long::parseLong)
                .filter(seconds -> seconds % 60 == 0)
                .map(seconds -> seconds % 86_400 == 0
                        ? new AgeLimit(seconds / 86_400, 'd')
                        : seconds % 3_600 == 0 ? new AgeLimit(seconds / 3_600, 'h') : new AgeLimit(seconds / 60, 'm'))
                .map(limit -> new RowRule.TimeWindow(newer, limit));
    }

    private List<RowRule> matches(Element config) {
        List<RowRule> rules = new ArrayList<>();
        for (Element match : config.itemsOf("matches")) {
            Optional<String> tag = match.optional("tag").map(Element::text).filter(name -> Declarable.isAccepted(Declarable.tag(name)));
            Optional<String> attribute = match.optional("attribute").map(Element::text);
            boolean group = match.optional("type").map(Element::text).orElse("").toLowerCase(ENGLISH).startsWith("group");
            boolean valid = tag.isPresent()
                    && (group || attribute.filter(name -> Declarable.isAccepted(Declarable.attribute(name))).isPresent());
            if (!valid) {
                // one condition less would show more
                return List.of();
            }
            rules.add(new RowRule.Matches(group ? Optional.empty() : attribute, new ColumnReference.ByTag(tag.orElseThrow())));
        }
        boolean all = config.optional("operator").map(Element::text).orElse("all").equals("all");
        return all || rules.size() < 2 ? rules : List.of(new RowRule.Where(ImmutaPeople.anyMatch(rules)));
    }

    /// The tables of the circumstances. A grant is not given on more tables than the original meant.
    private Optional<ObjectSelector> tables(Element policy, boolean grant) {
        Set<String> tags = new HashSet<>();
        boolean understood = true;
        List<Element> circumstances = policy.itemsOf("circumstances");
        for (Element circumstance : circumstances) {
            String type = circumstance.required("type").text();
            Optional<Element> tag = circumstance.optional(type.equals("tags") ? "tag" : "columnTag");
            Optional<String> name = tag.map(Element::text).filter(it -> Declarable.isAccepted(Declarable.tag(it)));
            if ((type.equals("tags") || type.equals("columnTags")) && name.isPresent()) {
                tags.add(name.get());
                if (type.equals("columnTags")) {
                    remarks.unmigrated(circumstance, "tables with columns tagged %s".formatted(Wording.quoted(name.get())),
                            "a policy selects tables by tags of their own, not of their columns", "put the tag on these tables too");
                }
            }
            else {
                understood = false;
                remarks.unmigrated(circumstance, "circumstances of the type %s".formatted(Wording.quoted(type)),
                        grant
                                ? "they are not understood, so nothing is granted"
                                : "they are not understood, so the policy is for all tables",
                        "select the tables by tag or name");
            }
        }
        boolean all = policy.optional("circumstanceOperator").or(() -> policy.optional("operator")).map(Element::text).orElse("any")
                .equals("all");
        if (all && circumstances.size() > 1) {
            remarks.unmigrated(policy, "several circumstances at once", grant
                    ? "a policy is for tables with any of the tags, so nothing is granted"
                    : "a policy is for tables with any of the tags, so it reaches more", "make one tag of them");
            understood &= !grant;
        }
        if (grant && (!understood || tags.isEmpty())) {
            return Optional.empty();
        }
        return Optional.of(new ObjectSelector(understood ? tags : ImmutableSet.of(), ImmutableSet.of(), !understood || tags.isEmpty()));
    }

    private void subscription(Element policy, State state) {
        Element actions = policy.required("actions");
        List<Element> list = actions.isSequence() ? actions.items() : ImmutableList.of(actions);
        Optional<ObjectSelector> tables = tables(policy, true);
        for (Element action : list) {
            Optional<String> to = to(action);
            if (to.isEmpty() || tables.isEmpty()) {
                remarks.unmigrated(action, "a subscription", "nothing is granted by it", "write a policy of type access");
                continue;
            }
            boolean write = action.optional("accessGrant").or(() -> action.optional("accessType")).map(Element::text).orElse("READ")
                    .equalsIgnoreCase("WRITE");
            add("grant", state, Optional.empty(),
                    new Access(tables.get(), new AccessRule.Grant(write ? Level.WRITE : Level.READ, to.get())));
            if (!action.optional("shareResponsibility").map(Element::bool).orElse(false)) {
                remarks.unmigrated(action, "whether a subscription is always required",
                        "where several are for a table, older versions ask for all of them; so it is a guardrail as well",
                        "remove the guardrail where one of several shall do");
                add("guardrail", state, Optional.empty(), new Access(tables.get(), new AccessRule.Guardrail(to.get())));
            }
        }
    }

    private Optional<String> to(Element action) {
        Optional<Element> advanced = action.optional("advanced");
        if (advanced.isPresent()) {
            try {
                return Optional.of(ImmutaPredicate.translate(advanced.get().text(), Scope.USER));
            }
            catch (PolicyTextException e) {
                remarks.unmigrated(advanced.get(), "the condition of a subscription", "a policy may not say it: " + e.getMessage(),
                        "write the condition anew");
                return Optional.empty();
            }
        }
        return switch (action.required("type").text()) {
            case "anyone" -> Optional.of(texts.of(Condition.EVERYBODY));
            case "entitlements" -> action.optional("entitlements").map(people::who).map(Who::certain).filter(satisfiability::isSatisfiable)
                    .map(texts::of);
            default -> Optional.empty();
        };
    }

    private void add(String what, State state, Optional<String> exempt, Body body) {
        number++;
        documents.add(new Policy("immuta-%s-%s".formatted(what, number), Optional.empty(), state, exempt, body));
    }
}
