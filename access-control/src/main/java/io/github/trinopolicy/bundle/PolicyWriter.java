package io.github.trinopolicy.bundle;

import io.github.trinopolicy.bundle.Node.Scalar;
import io.github.trinopolicy.model.ColumnSelector;
import io.github.trinopolicy.model.ObjectSelector;
import io.github.trinopolicy.model.Policy;
import io.github.trinopolicy.model.Policy.Access;
import io.github.trinopolicy.model.Policy.AccessRule.Grant;
import io.github.trinopolicy.model.Policy.AccessRule.Guardrail;
import io.github.trinopolicy.model.Policy.Beneficiary;
import io.github.trinopolicy.model.Policy.Beneficiary.AttributeMatchesTag;
import io.github.trinopolicy.model.Policy.Beneficiary.Condition;
import io.github.trinopolicy.model.Policy.ColumnReference;
import io.github.trinopolicy.model.Policy.Impersonation;
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

/// Writes the part of a policy's document that follows name and description.
final class PolicyWriter {
    private PolicyWriter() {
    }

    static MappingBuilder write(MappingBuilder document, Policy policy) {
        document.put("type", policy.body().type());
        switch (policy.body()) {
            case Access access -> access(document, access);
            case RowFilter filter -> document.put("applies_to", objects(filter.appliesTo())).put(key(filter.rule()), rule(filter.rule()));
            case Masking masking -> masking(document, masking);
            case Reveal reveal -> document.put("columns", columns(reveal.columns())).put("to", beneficiary(reveal.to()));
            case Unmask unmask -> document.put("columns", columns(unmask.columns())).put("to", beneficiary(unmask.to()));
            case Impersonation impersonation -> {
                document.put("who", impersonation.who());
                DocumentWriter.principals(document, "as", impersonation.as());
            }
        }
        document.putIfPresent("exempt", policy.exempt());
        if (policy.body() instanceof Masking masking && masking.priority() != 0) {
            document.put("priority", masking.priority());
        }
        return policy.state() == State.ACTIVE ? document : document.put("state", Wording.word(policy.state()));
    }

    private static void access(MappingBuilder document, Access access) {
        document.put("applies_to", objects(access.appliesTo()));
        switch (access.rule()) {
            case Grant grant ->
                document.put("grant", new MappingBuilder().put("level", Wording.word(grant.level())).put("to", grant.to()));
            case Guardrail guardrail -> document.put("guardrail", guardrail.condition());
        }
    }

    private static String key(RowRule rule) {
        return switch (rule) {
            case Matches _ -> "matches";
            case Where _ -> "where";
            case TimeWindow _ -> "time_window";
            case Minimize _ -> "minimize";
            case Purposes _ -> "purposes";
        };
    }

    private static Node rule(RowRule rule) {
        return switch (rule) {
            case Matches matches -> {
                MappingBuilder mapping = new MappingBuilder();
                matches.attribute().ifPresentOrElse(attribute -> mapping.put("attribute", attribute), () -> mapping.put("group", true));
                yield mapping.put("column", column(matches.column())).build();
            }
            case Where where -> Scalar.string(where.condition());
            case TimeWindow window ->
                new MappingBuilder().put(window.newer() ? "newer_than" : "older_than", window.limit().toString()).build();
            case Minimize minimize -> new MappingBuilder().put("percent", minimize.percent()).build();
            case Purposes purposes -> MappingBuilder.sequence(purposes.purposes(), Scalar::string);
        };
    }

    private static MappingBuilder column(ColumnReference reference) {
        return switch (reference) {
            case ColumnReference.ByTag byTag -> new MappingBuilder().put("tag", byTag.tag());
            case ColumnReference.ByName byName -> new MappingBuilder().put("name", byName.name());
        };
    }

    private static void masking(MappingBuilder document, Masking masking) {
        document.put("columns", columns(masking.columns()));
        if (masking.rules().size() == 1 && masking.rules().getFirst().forWhom().isEmpty()) {
            document.put("mask", MaskWriter.write(masking.rules().getFirst().mask()));
        }
        else {
            document.put("rules", MappingBuilder.sequence(masking.rules(), PolicyWriter::maskRule));
        }
        document.putIfPresent("condition", masking.condition());
    }

    private static Node maskRule(MaskRule rule) {
        return new MappingBuilder().putIfPresent("for", rule.forWhom()).put("mask", MaskWriter.write(rule.mask())).build();
    }

    private static Node beneficiary(Beneficiary beneficiary) {
        return switch (beneficiary) {
            case AttributeMatchesTag matches -> new MappingBuilder().put("attribute_matches_tag", matches.attribute()).build();
            case Condition condition -> Scalar.string(condition.text());
        };
    }

    private static MappingBuilder objects(ObjectSelector selector) {
        MappingBuilder mapping = new MappingBuilder().putSorted("tags", selector.tags()).putSorted("data_sources", selector.dataSources());
        return mapping.putUnless(false, "all", selector.all());
    }

    private static MappingBuilder columns(ColumnSelector selector) {
        MappingBuilder mapping = new MappingBuilder().putSorted("names", selector.names()).putIfPresent("pattern", selector.pattern())
                .putSorted("tags", selector.tags()).putSorted("in", selector.in()).putSorted("types", selector.types());
        selector.not().ifPresent(not -> mapping.put("not", columns(not)));
        return mapping;
    }
}
