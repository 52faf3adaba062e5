package io.github.trinopolicy.enforcement;

/// The fixed names of the plugin's own catalog.
public final class PolicyCatalog {
    public static final String NAME = "policy";
    public static final String ADMIN_SCHEMA = "admin";
    public static final String SESSION_SCHEMA = "session";
    public static final String METADATA_SCHEMA = "metadata";
    public static final String FUNCTIONS_SCHEMA = "functions";
    public static final String MASKING_SCHEMA = "masking";

    private PolicyCatalog() {
    }
}
