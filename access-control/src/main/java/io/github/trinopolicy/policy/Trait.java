package io.github.trinopolicy.policy;

import static java.util.Locale.ENGLISH;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.trino.sql.tree.CurrentUser;
import io.trino.sql.tree.FunctionCall;
import io.trino.sql.tree.Node;
import io.trino.sql.tree.StringLiteral;
import java.util.Optional;
import java.util.Set;

/// Something about a user that a policy looks at. Users who are equal in all traits that the policies of a table look at see the same of it.
public sealed interface Trait {
    /// Equal for users whom the trait does not tell apart.
    Object of(Subject subject);

    record InGroup(String group) implements Trait {
        @Override
        public Object of(Subject subject) {
            return subject.groups().contains(group);
        }
    }

    /// All groups, by name.
    record Groups() implements Trait {
        @Override
        public Object of(Subject subject) {
            return subject.groups();
        }
    }

    record HasValue(String attribute, String value) implements Trait {
        @Override
        public Object of(Subject subject) {
            return subject.attributes().containsEntry(attribute, value);
        }
    }

    /// All values of an attribute.
    record Values(String attribute) implements Trait {
        @Override
        public Object of(Subject subject) {
            return ImmutableSet.copyOf(subject.attributes().get(attribute));
        }
    }

    record Name() implements Trait {
        @Override
        public Object of(Subject subject) {
            return subject.user();
        }
    }

    /// The current project, its purposes, and what its members have in common where it is equalized.
    record Project() implements Trait {
        @Override
        public Object of(Subject subject) {
            return ImmutableList.of(subject.project(), subject.lostProject(), subject.purposes(), subject.common());
        }
    }

    /// Everything that a text looks at.
    static Set<Trait> of(PolicyText text) {
        ImmutableSet.Builder<Trait> traits = ImmutableSet.builder();
        collect(text.expression(), traits);
        return traits.build();
    }

    private static void collect(Node node, ImmutableSet.Builder<Trait> traits) {
        if (node instanceof CurrentUser) {
            traits.add(new Name());
        }
        if (node instanceof FunctionCall call) {
            Optional<PolicyFunction> function = PolicyFunction.named(call.getName().toString().toLowerCase(ENGLISH));
            function.ifPresent(named -> {
                switch (named) {
                    case HAS_ATTRIBUTE -> traits.add(new HasValue(text(call, 0), text(call, 1)));
                    case ATTRIBUTE_VALUES_CONTAIN -> traits.add(new Values(text(call, 0)));
                    case IN_ANY_GROUP, IN_ALL_GROUPS -> {
                        for (int i = 0; i < call.getArguments().size(); i++) {
                            traits.add(new InGroup(text(call, i)));
                        }
                    }
                    case GROUPS_CONTAIN -> traits.add(new Groups());
                    case USING_PURPOSE, PURPOSES_CONTAIN, CURRENT_PROJECT -> traits.add(new Project());
                    case COLUMN_TAGGED, MASKED_COLUMN -> {
                    }
                }
            });
        }
        node.getChildren().forEach(child -> collect(child, traits));
    }

    private static String text(FunctionCall call, int argument) {
        return ((StringLiteral) call.argumentValues().get(argument)).getValue();
    }
}
