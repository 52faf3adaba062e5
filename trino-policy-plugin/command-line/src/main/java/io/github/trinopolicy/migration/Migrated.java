package io.github.trinopolicy.migration;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import io.github.trinopolicy.model.PolicyObject;
import java.util.List;

/// What became of the rules of another system.
///
/// @param bundle the documents as YAML, after a comment that lists `unmigrated` and `settings`
/// @param unmigrated in the order of the original text; where the bundle differs from the original, it allows less
/// @param settings in the order of the original text
public record Migrated(List<PolicyObject> documents, String bundle, List<Unmigrated> unmigrated, List<Setting> settings) {
    public Migrated {
        documents = ImmutableList.copyOf(documents);
        requireNonNull(bundle, "bundle is null");
        unmigrated = ImmutableList.copyOf(unmigrated);
        settings = ImmutableList.copyOf(settings);
    }

    /// True when the bundle says everything that the original does.
    public boolean complete() {
        return unmigrated.isEmpty();
    }
}
