package io.github.trinopolicy.plugin;

import static com.google.common.collect.ImmutableSet.toImmutableSet;

import com.google.common.collect.ImmutableSet;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Collection;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What documents can say, as terms: each record of the model, each component of one that is filled, each constant of an enum.
final class TestingModelTerms {
    private static final String MODEL = "io.github.trinopolicy.model";

    private final Set<String> terms = new TreeSet<>();
    private final Set<String> texts = new TreeSet<>();
    private final Set<Class<?>> excluded;
    private final Set<Class<?>> seen = new HashSet<>();

    private TestingModelTerms(Set<Class<?>> excluded) {
        this.excluded = ImmutableSet.copyOf(excluded);
    }

    /// All terms that an object of the type can be made of.
    ///
    /// @param excluded records that are left out
    static Set<String> possible(Class<?> type, Set<Class<?>> excluded) {
        TestingModelTerms terms = new TestingModelTerms(excluded);
        terms.addType(type);
        return terms.terms;
    }

    /// The terms that the objects are made of.
    static TestingModelTerms used(Collection<?> objects) throws ReflectiveOperationException {
        TestingModelTerms terms = new TestingModelTerms(ImmutableSet.of());
        terms.addValue(objects);
        return terms;
    }

    Set<String> terms() {
        return terms;
    }

    /// All texts in the objects.
    Set<String> texts() {
        return texts;
    }

    private void addType(Type type) {
        if (type instanceof ParameterizedType generic) {
            Stream.of(generic.getActualTypeArguments()).forEach(this::addType);
        }
        if (!(type instanceof Class<?> raw) || !raw.getName().startsWith(MODEL) || excluded.contains(raw) || !seen.add(raw)) {
            return;
        }
        if (raw.isSealed()) {
            Stream.of(raw.getPermittedSubclasses()).forEach(this::addType);
        }
        if (raw.isEnum()) {
            Stream.of(raw.getEnumConstants()).map(TestingModelTerms::term).forEach(terms::add);
        }
        if (raw.isRecord()) {
            terms.add(name(raw));
            for (RecordComponent component : raw.getRecordComponents()) {
                String term = term(component);
                terms.addAll(component.getType() == boolean.class
                        ? ImmutableSet.of(term + "=true", term + "=false")
                        : ImmutableSet.of(term));
                addType(component.getGenericType());
            }
        }
    }

    private void addValue(Object value) throws ReflectiveOperationException {
        switch (value) {
            case Optional<?> optional when optional.isPresent() -> addValue(optional.get());
            case Collection<?> collection -> {
                for (Object element : collection) {
                    addValue(element);
                }
            }
            case String text -> texts.add(text);
            case Enum<?> constant -> terms.add(term(constant));
            case Record object -> addRecord(object);
            default -> {
                // numbers and flags say nothing by themselves
            }
        }
    }

    private void addRecord(Record object) throws ReflectiveOperationException {
        terms.add(name(object.getClass()));
        for (RecordComponent component : object.getClass().getRecordComponents()) {
            Object value = component.getAccessor().invoke(object);
            if (value instanceof Boolean flag) {
                terms.add(term(component) + "=" + flag);
            }
            else if (!isEmpty(value)) {
                terms.add(term(component));
                addValue(value);
            }
        }
    }

    private static boolean isEmpty(@Nullable Object value) {
        return switch (value) {
            case null -> true;
            case Optional<?> optional -> optional.isEmpty();
            case Collection<?> collection -> collection.isEmpty();
            case Number number -> number.doubleValue() == 0;
            default -> false;
        };
    }

    private static String term(Object constant) {
        Enum<?> name = (Enum<?>) constant;
        return name(name.getDeclaringClass()) + "." + name.name();
    }

    private static String term(RecordComponent component) {
        return name(component.getDeclaringRecord()) + "." + component.getName();
    }

    private static String name(Class<?> type) {
        return type.getName().substring(MODEL.length() + 1);
    }

    /// The names of the constants of an enum that is not public.
    static Set<String> constants(String enumName) throws ClassNotFoundException {
        return Stream.of(Class.forName(enumName).getEnumConstants()).map(constant -> ((Enum<?>) constant).name())
                .collect(toImmutableSet());
    }
}
