package io.github.trinopolicy.migration;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.github.trinopolicy.bundle.Position;
import io.github.trinopolicy.bundle.Wording;
import io.github.trinopolicy.migration.FirstMatch.Step;
import io.github.trinopolicy.model.Policy;
import io.github.trinopolicy.model.Policy.Impersonation;
import io.github.trinopolicy.model.Policy.State;
import io.github.trinopolicy.model.PolicyObject;
import io.github.trinopolicy.model.Principals;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/// What the file-based rules say besides catalogs, schemas and tables. Impersonation becomes policies; for the rest there are settings, which
/// know no single users, so that most of it can only be told. Not thread-safe.
final class FileRuleSettings {
    private static final Set<String> OBJECT_SECTIONS = ImmutableSet.of("catalogs", "schemas", "tables");

    private final Remarks remarks;
    private final Satisfiability satisfiability = new Satisfiability();
    private final Map<String, Proposal> proposals = new LinkedHashMap<>();

    private record Proposal(Position position, Set<String> values) {}

    FileRuleSettings(Remarks remarks) {
        this.remarks = requireNonNull(remarks, "remarks is null");
    }

    /// @return policies for whom may impersonate whom
    List<PolicyObject> read(Element root) {
        ImmutableList.Builder<PolicyObject> policies = ImmutableList.builder();
        remarks.setting(root.position(), "policy.ungoverned-tables=deny", "what no rule matches is denied");
        for (Element section : root.members()) {
            if (OBJECT_SECTIONS.contains(section.name())) {
                continue;
            }
            List<Element> rules = root.itemsOf(section.name());
            switch (section.name()) {
                case "impersonation" -> policies.addAll(impersonation(rules));
                case "queries" -> rules.forEach(this::query);
                case "system_information" -> rules.forEach(this::systemInformation);
                case "system_session_properties" -> rules.forEach(rule -> sessionProperty(rule, Optional.empty()));
                case "catalog_session_properties" -> rules.forEach(rule -> sessionProperty(rule, rule.optional("catalog")));
                case "functions" -> rules.forEach(rule -> routine(rule, "function"));
                case "procedures" -> rules.forEach(rule -> routine(rule, "procedure"));
                case "principals" -> rules.forEach(rule -> remarks.unmigrated(rule, "a rule of 'principals'",
                        "who may be which user is decided at login",
                        "write it as a user mapping of Trino (http-server.authentication.*.user-mapping)"));
                case "authorization" -> rules.forEach(rule -> remarks.unmigrated(rule, "a rule of 'authorization'",
                        "SET AUTHORIZATION is refused to everybody; rights are policies", "grant the new owner the level own"));
                default -> remarks.unmigrated(section, "the section %s".formatted(Wording.quoted(section.name())),
                        "it is not known, and nothing of it was carried over", "look up what it does and write policies for it");
            }
        }
        proposals.forEach((property, proposal) -> remarks.setting(proposal.position(), property + "=" + String.join(",", proposal.values()),
                why(property)));
        return policies.build();
    }

    private static String why(String property) {
        return switch (property) {
            case "policy.operators" -> "operators see and kill the queries of all others and read system information";
            case "policy.allowed-session-properties" -> "everyone may set these; the setting replaces the default list";
            case "policy.allowed-routines" -> "everyone may call these";
            default -> throw new IllegalArgumentException("no setting " + property);
        };
    }

    private void propose(Element rule, String property, Stream<String> values) {
        // a comma would end the name within the property
        Set<String> names = values.filter(value -> !value.isBlank() && value.equals(value.strip()) && value.indexOf(',') < 0
                && value.chars().noneMatch(Character::isISOControl)).collect(ImmutableSet.toImmutableSet());
        if (!names.isEmpty()) {
            proposals.computeIfAbsent(property, _ -> new Proposal(rule.position(), new TreeSet<>())).values().addAll(names);
        }
    }

    private void query(Element rule) {
        Set<String> modes = ImmutableSet.copyOf(rule.required("allow").texts());
        boolean everybody = Stream.of("user", "group", "role", "queryOwner").noneMatch(key -> rule.optional(key).isPresent());
        if (everybody && modes.equals(ImmutableSet.of("execute"))) {
            // as it is without a rule
            return;
        }
        if (modes.contains("view") || modes.contains("kill")) {
            proposeOperators(rule);
        }
        remarks.unmigrated(rule, "a rule of 'queries'",
                "everyone may run queries and see and kill his own; those of all others only policy.operators may",
                "name them there, if they shall");
    }

    private void systemInformation(Element rule) {
        Set<String> modes = ImmutableSet.copyOf(rule.required("allow").texts());
        if (modes.isEmpty()) {
            return;
        }
        proposeOperators(rule);
        remarks.unmigrated(rule, "a rule of 'system_information'", "only policy.operators may read and write system information",
                "name them there, if they shall");
    }

    private void proposeOperators(Element rule) {
        propose(rule, "policy.operators", Stream.concat(names(rule, "user").filter(name -> !name.startsWith("group:")),
                names(rule, "group").map(name -> "group:" + name)));
    }

    private void sessionProperty(Element rule, Optional<Element> catalog) {
        boolean allow = rule.required("allow").bool();
        boolean everybody = isForEverybody(rule);
        if (allow && everybody) {
            if (rule.optional("catalog").isEmpty()) {
                propose(rule, "policy.allowed-session-properties", names(rule, "property"));
            }
            else {
                propose(rule, "policy.allowed-session-properties",
                        names(rule, "catalog").flatMap(name -> names(rule, "property").map(property -> name + "." + property)));
            }
        }
        boolean said = allow && everybody && isFinite(rule, "property") && (catalog.isEmpty() || isFinite(rule, "catalog"));
        if (!said) {
            remarks.unmigrated(rule, "a rule on session properties",
                    "a session property may be set by everyone or by exempt users alone, and each is named", "name it in "
                            + "policy.allowed-session-properties, if everyone may");
        }
    }

    private void routine(Element rule, String key) {
        List<String> privileges = rule.required("privileges").texts();
        boolean finite = Stream.of("catalog", "schema", key).allMatch(name -> isFinite(rule, name));
        if (isForEverybody(rule) && finite && !privileges.isEmpty()) {
            propose(rule, "policy.allowed-routines", names(rule, "catalog").flatMap(catalog -> names(rule, "schema")
                    .flatMap(schema -> names(rule, key).map(name -> catalog + "." + schema + "." + name))));
        }
        boolean said = isForEverybody(rule) && finite && privileges.equals(ImmutableList.of("EXECUTE"));
        if (!said) {
            remarks.unmigrated(rule, "a rule of '%ss'".formatted(key),
                    "routines of governed catalogs are called by everyone, where policy.allowed-routines names them, or by exempt users alone",
                    "name it there, if everyone may");
        }
    }

    private static boolean isForEverybody(Element rule) {
        return Stream.of("user", "group", "role").noneMatch(key -> rule.optional(key).isPresent());
    }

    private static boolean isFinite(Element rule, String key) {
        return rule.optional(key).filter(element -> NamePattern.of(element).isFinite()).isPresent();
    }

    private static Stream<String> names(Element rule, String key) {
        return rule.optional(key).stream().flatMap(element -> NamePattern.of(element).names().stream().sorted());
    }

    private record ImpersonationRule(Element element, NamePattern target, boolean substitutes, boolean allow) {}

    private List<PolicyObject> impersonation(List<Element> elements) {
        Map<ImpersonationRule, Who> rules = new LinkedHashMap<>();
        elements.forEach(element -> {
            element.requireOnly("original_user", "originalUser", "original_role", "new_user", "newUser", "allow");
            Optional<Element> original = element.optional("original_user").or(() -> element.optional("originalUser"));
            Element target = element.optional("new_user").orElseGet(() -> element.required("newUser"));
            boolean substitutes = original.isPresent() && (target.text().contains("$") || target.text().contains("\\"));
            rules.put(new ImpersonationRule(element, NamePattern.of(target), substitutes,
                    element.optional("allow").map(Element::bool).orElse(true)), impersonator(element, original));
        });
        ConditionText texts = new ConditionText(satisfiability);
        ImmutableList.Builder<PolicyObject> policies = ImmutableList.builder();
        int number = 0;
        Set<String> targets = rules.keySet().stream().filter(rule -> !rule.substitutes()).flatMap(rule -> rule.target().names().stream())
                .filter(name -> Declarable.isAccepted(Declarable.group(name))).collect(ImmutableSet.toImmutableSet());
        for (String target : targets) {
            Condition who = new FirstMatch<>(steps(rules, target)).given(ImpersonationRule::allow);
            if (satisfiability.isSatisfiable(who)) {
                number++;
                policies.add(new Policy("file-rules-impersonation-" + number, Optional.empty(), State.ACTIVE, Optional.empty(),
                        new Impersonation(texts.of(who), new Principals(Set.of(target), Set.of()))));
            }
        }
        return policies.build();
    }

    private static List<Step<ImpersonationRule>> steps(Map<ImpersonationRule, Who> rules, String target) {
        return rules.entrySet().stream()
                .filter(entry -> entry.getKey().substitutes() || entry.getKey().target().matches(target))
                .map(entry -> new Step<>(entry.getKey(), entry.getValue(),
                        entry.getKey().substitutes() ? Coverage.MAYBE : Coverage.YES))
                .collect(toImmutableList());
    }

    private Who impersonator(Element rule, Optional<Element> original) {
        Who who = Who.exactly(Condition.EVERYBODY);
        boolean exact = true;
        if (original.isPresent()) {
            NamePattern pattern = NamePattern.of(original.get());
            Condition certain = Condition.users(pattern.names(), pattern.prefixes());
            who = new Who(certain, Condition.any(certain, Condition.users(Set.of(), pattern.maybe())));
            exact = who.isExact();
        }
        if (rule.optional("original_role").isPresent()) {
            who = new Who(Condition.NOBODY, who.possible());
            exact = false;
        }
        Element target = rule.optional("new_user").orElseGet(() -> rule.required("newUser"));
        if (!exact || !NamePattern.of(target).isFinite() || (original.isPresent() && target.text().contains("$"))) {
            remarks.unmigrated(rule, "a rule of 'impersonation'",
                    "a policy names who may be impersonated, and knows neither roles nor patterns; what could not be said is not allowed",
                    "write a policy of type impersonation");
        }
        return who;
    }
}
