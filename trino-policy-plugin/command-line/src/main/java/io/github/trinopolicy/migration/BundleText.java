package io.github.trinopolicy.migration;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.github.trinopolicy.bundle.DocumentWriter;
import io.github.trinopolicy.model.PolicyObject;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// Writes a bundle, after a comment that says what is missing.
final class BundleText {
    private final DocumentWriter writer = new DocumentWriter();

    Migrated write(Format format, List<PolicyObject> documents, Remarks remarks) {
        List<PolicyObject> complete = withDeclarations(documents);
        List<Unmigrated> unmigrated = remarks.unmigrated();
        List<Setting> settings = remarks.settings();
        StringBuilder text = new StringBuilder();
        comment(text, "Migrated from %s. Look it over, then: policy plan".formatted(format.commandName()));
        comment(text,
                unmigrated.isEmpty() ? "Everything was carried over." : "Not carried over, or more strictly, by line of the original:");
        unmigrated.forEach(remark -> comment(text, "- " + remark));
        if (!settings.isEmpty()) {
            comment(text, "Settings for etc/catalog/policy.properties:");
            settings.forEach(setting -> comment(text, "- " + setting));
        }
        for (PolicyObject document : complete) {
            text.append("---\n").append(writer.toYaml(document));
        }
        return new Migrated(complete, text.toString(), unmigrated, settings);
    }

    /// On one line whatever the text holds, so that nothing of the original can end the comment.
    private static void comment(StringBuilder text, String line) {
        String visible = line.codePoints().map(c -> isVisible(c) ? c : '?').collect(StringBuilder::new, StringBuilder::appendCodePoint,
                StringBuilder::append).toString();
        text.append("# ").append(visible).append('\n');
    }

    private static boolean isVisible(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR,
                    Character.UNASSIGNED, Character.PRIVATE_USE ->
                false;
            default -> true;
        };
    }

    /// The documents in the order in which they refer to each other, with those that declare the names used.
    private static List<PolicyObject> withDeclarations(List<PolicyObject> documents) {
        Set<PolicyObject> all = new LinkedHashSet<>(documents);
        Set<String> present = documents.stream().map(document -> document.kind() + " " + document.name()).collect(Collectors.toSet());
        for (PolicyObject declaration : UsedNames.of(documents).declarations()) {
            if (present.add(declaration.kind() + " " + declaration.name())) {
                all.add(declaration);
            }
        }
        return ImmutableSet.copyOf(all).stream().sorted(Comparator.comparing(PolicyObject::kind)).collect(ImmutableList.toImmutableList());
    }
}
