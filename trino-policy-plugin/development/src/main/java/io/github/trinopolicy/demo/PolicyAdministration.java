package io.github.trinopolicy.demo;

import static com.google.common.base.Preconditions.checkState;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import com.google.common.base.Joiner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// Applies bundles the way a governor does.
final class PolicyAdministration {
    private final Session administrator;
    private final Path bundleDirectory;

    /// @param bundleDirectory its `.yaml` files together are the sample bundle
    PolicyAdministration(Session administrator, Path bundleDirectory) {
        this.administrator = requireNonNull(administrator, "administrator is null");
        this.bundleDirectory = requireNonNull(bundleDirectory, "bundleDirectory is null");
    }

    /// Makes the policies of the store those of the sample bundle.
    void applySampleBundle() throws IOException, SQLException {
        apply(sampleBundle(), "sample policies of the demo");
    }

    /// Applies the sample bundle with one text in it replaced by another.
    void applySampleBundleWith(String text, String replacement, String reason) throws IOException, SQLException {
        String bundle = sampleBundle();
        checkState(bundle.contains(text), "Sample bundle: %s does not contain '%s'", bundleDirectory, text);
        apply(bundle.replace(text, replacement), reason);
    }

    private void apply(String bundle, String reason) throws SQLException {
        administrator.execute("CALL policy.admin.apply(bundle => %s, prune => true, source => 'demo', reason => %s)"
                .formatted(literal(bundle), literal(reason)));
    }

    private String sampleBundle() throws IOException {
        List<String> documents = new ArrayList<>();
        try (Stream<Path> files = Files.list(bundleDirectory)) {
            for (Path file : files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList()) {
                documents.add(Files.readString(file, UTF_8));
            }
        }
        checkState(!documents.isEmpty(), "Sample bundle: %s holds no .yaml file", bundleDirectory);
        return Joiner.on("\n---\n").join(documents);
    }

    private static String literal(String text) {
        return "'" + text.replace("'", "''") + "'";
    }
}
