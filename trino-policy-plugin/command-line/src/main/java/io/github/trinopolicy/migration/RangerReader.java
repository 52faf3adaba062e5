package io.github.trinopolicy.migration;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static com.google.common.collect.ImmutableSet.toImmutableSet;
import static java.util.Locale.ENGLISH;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.github.trinopolicy.bundle.Wording;
import io.github.trinopolicy.migration.RangerPolicy.Item;
import io.github.trinopolicy.migration.RangerPolicy.Kind;
import io.github.trinopolicy.migration.RangerPolicy.Resource;
import io.github.trinopolicy.migration.RangerPolicy.Transformation;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// Reads an export of Apache Ranger's policies, and remarks what of them the bundle cannot say wherever they apply. The names of services,
/// resources, accesses and masks are those of Ranger's service definitions for Trino, Hive and tags.
final class RangerReader {
    private static final List<String> LEVELS = ImmutableList.of("catalog", "schema", "table", "column");
    /// What tells about a policy, or is of no effect on what it allows.
    private static final Set<String> DESCRIPTIVE = ImmutableSet.of("id", "guid", "version", "service", "serviceType", "name", "description",
            "isAuditEnabled", "createdBy", "updatedBy", "createTime", "updateTime", "resourceSignature", "policyLabels", "options",
            "zoneName",
            "policyType", "resources", "isEnabled", "isDenyAllElse", "policyItems", "allowExceptions", "denyPolicyItems", "denyExceptions",
            "dataMaskPolicyItems", "rowFilterPolicyItems");
    /// What narrows when a policy applies.
    private static final Set<String> NARROWING = ImmutableSet.of("conditions", "validitySchedules", "additionalResources");

    private final Remarks remarks;
    private boolean hiveRemarked;

    RangerReader(Remarks remarks) {
        this.remarks = requireNonNull(remarks, "remarks is null");
    }

    List<RangerPolicy> read(Element root) {
        List<Element> policies = root.isSequence() ? root.items() : root.required("policies").items();
        return policies.stream().map(policy -> read(new Element(policy.node(), "a policy"), policy)).flatMap(Optional::stream)
                .collect(toImmutableList());
    }

    private Optional<RangerPolicy> read(Element policy, Element position) {
        String name = "the policy %s".formatted(Wording.quoted(policy.optional("name").map(Element::text).orElse("")));
        if (!policy.optional("isEnabled").map(Element::bool).orElse(true)) {
            remarks.unmigrated(position, name, "it is disabled", "nothing, if it is not needed");
            return Optional.empty();
        }
        boolean narrowed = false;
        for (Element member : policy.members()) {
            boolean narrowing = NARROWING.contains(member.name()) && !member.isEmpty();
            boolean override = member.name().equals("policyPriority") && !member.data().equals("0");
            boolean unknown = !DESCRIPTIVE.contains(member.name()) && !NARROWING.contains(member.name())
                    && !member.name().equals("policyPriority");
            if (narrowing || override || unknown) {
                remarks.unmigrated(member, "%s of %s".formatted(Wording.quoted(member.name()), name),
                        override
                                ? "no policy overrides another: who is denied by any is denied"
                                : "it is not understood; the policy gives nothing, and what it denies, masks or filters it always does",
                        "write the policy anew");
                narrowed |= !override;
            }
        }
        Map<String, Resource> resources = resources(policy.required("resources"), name);
        boolean tag = resources.keySet().equals(ImmutableSet.of("tag"));
        if (!tag && (resources.isEmpty() || !LEVELS.containsAll(resources.keySet()))) {
            remarks.unmigrated(position, name, "its resources %s are neither tables nor tags".formatted(
                    resources.keySet().stream().map(Wording::quoted).sorted().toList()), remedy(resources.keySet()));
            return Optional.empty();
        }
        if (!tag && !LEVELS.subList(0, resources.size()).containsAll(resources.keySet())) {
            throw policy.required("resources").error("a resource has all of the levels above it, from the catalog on");
        }
        Kind kind = kind(policy);
        boolean always = !narrowed;
        return Optional.of(new RangerPolicy(position, tag, kind, resources, items(policy, "policyItems", always),
                items(policy, "allowExceptions", always), items(policy, "denyPolicyItems", always), items(policy, "denyExceptions", always),
                policy.optional("isDenyAllElse").map(Element::bool).orElse(false),
                kind == Kind.MASK
                        ? items(policy, "dataMaskPolicyItems", always)
                        : kind == Kind.ROW_FILTER
                                ? items(policy, "rowFilterPolicyItems", always)
                                : ImmutableList.of()));
    }

    private static String remedy(Set<String> resources) {
        if (resources.contains("trinouser")) {
            return "write a policy of type impersonation";
        }
        if (resources.contains("procedure") || resources.contains("function") || resources.contains("udf")) {
            return "name routines that everyone may call in policy.allowed-routines";
        }
        if (resources.contains("systemproperty") || resources.contains("sessionproperty")) {
            return "name properties that everyone may set in policy.allowed-session-properties";
        }
        if (resources.contains("sysinfo") || resources.contains("queryid")) {
            return "name operators in policy.operators";
        }
        return "write a policy of its own, if it matters in Trino";
    }

    private static Kind kind(Element policy) {
        Optional<Element> type = policy.optional("policyType");
        return switch (type.map(Element::data).orElse("0")) {
            case "0" -> Kind.ACCESS;
            case "1" -> Kind.MASK;
            case "2" -> Kind.ROW_FILTER;
            default -> throw type.orElse(policy).error("0, 1 or 2 is expected");
        };
    }

    private Map<String, Resource> resources(Element element, String policy) {
        Map<String, Resource> resources = new LinkedHashMap<>();
        for (Element member : element.members()) {
            Set<String> values = member.required("values").texts().stream().collect(toImmutableSet());
            boolean excludes = member.optional("isExcludes").map(Element::bool).orElse(false);
            resources.put(member.name().equals("database") ? "schema" : member.name(), new Resource(member, values, excludes));
            if (member.name().equals("database")) {
                resources.putIfAbsent("catalog", new Resource(member, ImmutableSet.of("hive"), false));
                remarkHive(member, policy);
            }
        }
        return resources;
    }

    private void remarkHive(Element member, String policy) {
        if (!hiveRemarked) {
            hiveRemarked = true;
            remarks.unmigrated(member, policy, "policies of Hive name no catalog; hive is taken for it, here and below",
                    "replace it in the bundle if the catalog has another name");
        }
    }

    private List<Item> items(Element policy, String key, boolean always) {
        return policy.itemsOf(key).stream().map(element -> item(new Element(element.node(), "an item of '%s'".formatted(key)), always))
                .collect(toImmutableList());
    }

    private Item item(Element item, boolean always) {
        Set<String> accesses = new HashSet<>();
        for (Element access : item.itemsOf("accesses")) {
            if (access.optional("isAllowed").map(Element::bool).orElse(true)) {
                String type = access.required("type").text().toLowerCase(ENGLISH);
                accesses.add(type.substring(type.indexOf(':') + 1));
            }
        }
        if (item.optional("delegateAdmin").map(Element::bool).orElse(false)) {
            remarks.unmigrated(item, "the right to administer (delegateAdmin)", "rights on data give no right on policies",
                    "name the users as owners of the data source, or in policy.administrators");
        }
        Who who = who(item);
        if (item.optional("conditions").filter(conditions -> !conditions.isEmpty()).isPresent()) {
            remarks.unmigrated(item, "conditions of an item",
                    "they are not understood; the item gives nothing, and what it denies, masks or filters it always does",
                    "write the policy anew, with attributes of users");
            who = new Who(Condition.NOBODY, who.possible());
        }
        return new Item(item, accesses, always ? who : new Who(Condition.NOBODY, who.possible()), transformation(item));
    }

    private static Optional<Transformation> transformation(Element item) {
        Optional<Element> mask = item.optional("dataMaskInfo");
        if (mask.isPresent()) {
            String type = mask.get().required("dataMaskType").text();
            return Optional.of(new Transformation(mask.get(), type.substring(type.indexOf(':') + 1),
                    mask.get().optional("valueExpr").map(Element::text).orElse("")));
        }
        return item.optional("rowFilterInfo").map(
                filter -> new Transformation(filter, "", filter.optional("filterExpr").map(Element::text).orElse("")));
    }

    private Who who(Element item) {
        Set<String> users = texts(item, "users");
        Set<String> groups = texts(item, "groups");
        Set<String> roles = texts(item, "roles");
        if (groups.contains("public") || users.contains("{USER}")) {
            return Who.exactly(Condition.EVERYBODY);
        }
        Set<String> declarable = groups.stream().filter(name -> Declarable.isAccepted(Declarable.group(name))).collect(toImmutableSet());
        Set<String> named = users.stream().filter(name -> !name.startsWith("{")).collect(toImmutableSet());
        Condition certain = Condition.any(Condition.users(named, Set.of()), Condition.groups(declarable));
        if (roles.isEmpty() && declarable.size() == groups.size() && named.size() == users.size()) {
            return Who.exactly(certain);
        }
        List<String> unsaid = Stream.of(roles.stream(), users.stream().filter(name -> !named.contains(name)),
                groups.stream().filter(name -> !declarable.contains(name))).flatMap(names -> names).sorted().map(Wording::quoted).toList();
        remarks.unmigrated(item, "the roles or names %s".formatted(unsaid),
                "there are no roles, owners or such names; they get nothing, and what is denied to them, or masked or filtered for them, is so "
                        + "for everybody",
                "make them groups");
        return new Who(certain, Condition.EVERYBODY);
    }

    private static Set<String> texts(Element item, String key) {
        return item.optional(key).map(Element::texts).orElse(List.of()).stream().collect(toImmutableSet());
    }
}
