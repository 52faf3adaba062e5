package io.github.trinopolicy.migration;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import io.github.trinopolicy.bundle.TreeReader;
import io.github.trinopolicy.model.PolicyObject;
import java.util.List;

/// Turns the rules of another system into a bundle that allows nothing that they do not allow, and a list of what could not be said. Pure:
/// equal texts have equal results. Immutable.
public final class Migration {
    private final Format format;
    private final TableListing listing;

    private Migration(Format format, TableListing listing) {
        this.format = requireNonNull(format, "format is null");
        this.listing = requireNonNull(listing, "listing is null");
    }

    public static Migration of(Format format) {
        return new Migration(format, TableListing.NONE);
    }

    /// The migration with patterns expanded against the tables that there are.
    public Migration withTables(TableListing tables) {
        return new Migration(format, tables);
    }

    /// @throws io.github.trinopolicy.bundle.BundleException with the place where the text is not what the format says
    public Migrated migrate(String text) {
        Remarks remarks = new Remarks();
        List<PolicyObject> documents = switch (format) {
            case FILE_RULES -> fileRules(text, remarks);
            case RANGER -> new RangerMigration(
                    new RangerReader(remarks).read(new Element(TreeReader.readJson(text), "the export")), listing, remarks).migrate();
            case IMMUTA -> new ImmutaMigration(remarks)
                    .migrate(TreeReader.readYaml(text).stream().map(node -> new Element(node, "a policy")).toList());
        };
        return new BundleText().write(format, documents, remarks);
    }

    private List<PolicyObject> fileRules(String text, Remarks remarks) {
        Element root = new Element(TreeReader.readJson(text), "the rules");
        FileRules rules = new FileRulesReader(remarks).read(root);
        return ImmutableList.<PolicyObject>builder()
                .addAll(new FileRulesMigration(root, rules, listing, remarks).migrate())
                .addAll(new FileRuleSettings(remarks).read(root))
                .build();
    }
}
