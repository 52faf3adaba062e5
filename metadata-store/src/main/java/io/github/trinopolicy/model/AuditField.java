package io.github.trinopolicy.model;

import static java.util.Locale.ENGLISH;
import static java.util.Objects.requireNonNull;

/// What the audit log says of an event, beside when it happened and on which node: the columns of the log, whichever form it takes.
public enum AuditField {
    QUERY_ID(Type.TEXT, Audience.OWNER, "Trino's identifier of the query"),
    USER_NAME(Type.TEXT, Audience.OWNER, "Who asked"),
    ORIGINAL_USER(Type.TEXT, Audience.USER, "Who logged in, where he acts as somebody else"),
    PRINCIPAL(Type.TEXT, Audience.USER, "The login as the authenticator names it"),
    USER_GROUPS(Type.TEXTS, Audience.USER, "Groups of the user when the query began, of the store and of Trino"),
    PROJECT(Type.TEXT, Audience.USER, "The project that he worked in"),
    PURPOSES(Type.TEXTS, Audience.USER, "Purposes in use through the project"),
    EXEMPT(Type.FLAG, Audience.OWNER, "Whether the user is exempt from all policies by configuration"),
    CLIENT_SOURCE(Type.TEXT, Audience.USER, "Name that the client gives to itself"),
    CLIENT_INFO(Type.TEXT, Audience.USER, "What else the client says of itself"),
    CLIENT_ADDRESS(Type.TEXT, Audience.USER, "Where the client is"),
    STATE(Type.TEXT, Audience.OWNER, "FINISHED or FAILED"),
    ERROR_CODE(Type.TEXT, Audience.OWNER, "Name of the error, never its message, which may quote a value"),
    STATEMENT(Type.TEXT, Audience.OWNER, "Kind of statement"),
    QUERY_TEXT(Type.TEXT, Audience.USER, "The statement, as policy.audit.query-text says"),
    QUERY_HASH(Type.TEXT, Audience.AUDITOR, "SHA-256 of a statement of which the text cannot be redacted safely"),
    POLICY_VERSION(Type.NUMBER, Audience.OWNER, "Version of the store by which all of the query was decided, or which the act made"),
    TABLES(Type.JSON, Audience.OWNER, "Tables that were read, each with its columns, the masks and filters that applied, and exceptions"),
    OUTPUT_TABLE(Type.TEXT, Audience.USER, "Table that was written"),
    ACTION(Type.TEXT, Audience.OWNER, "What was refused, the function that unmasked or showed rows, or the act of administration"),
    OBJECT(Type.TEXT, Audience.OWNER, "On what: of a refusal, an unmasking, a sample or an act"),
    COLUMN_ID(Type.TEXT, Audience.OWNER, "Identity of the unmasked column, which outlives its name"),
    REASON(Type.TEXT, Audience.USER, "Why it was refused, as the user was told; reason of the author of an act"),
    CODE(Type.TEXT, Audience.USER, "Code of a refusal, such as POLICY-201; docs/messages.md explains them"),
    UNMASKED(Type.NUMBER, Audience.OWNER, "How many values were unmasked"),
    REFUSED(Type.NUMBER, Audience.OWNER, "How many values were not unmasked"),
    LOST(Type.NUMBER, Audience.AUDITOR, "How many events were dropped before this one"),
    BEGAN_AT(Type.TIME, Audience.USER, "When the query was submitted"),
    QUEUED_MILLIS(Type.NUMBER, Audience.USER, "How long it waited"),
    ELAPSED_MILLIS(Type.NUMBER, Audience.USER, "How long it took, waiting included"),
    CPU_MILLIS(Type.NUMBER, Audience.USER, "Processor time that it took"),
    INPUT_ROWS(Type.NUMBER, Audience.AUDITOR, "Rows read, hidden ones included"),
    OUTPUT_ROWS(Type.NUMBER, Audience.USER, "Rows given to the client"),
    WRITTEN_ROWS(Type.NUMBER, Audience.USER, "Rows written");

    public enum Type {
        TEXT,
        TEXTS,
        NUMBER,
        FLAG,
        TIME,
        /// a text that is JSON
        JSON,
    }

    /// Who may know it of whose events; auditors know everything of all. Each includes those before it.
    public enum Audience {
        AUDITOR,
        /// the user whose event it is
        USER,
        /// owners of a table that the event is about
        OWNER,
    }

    private final Type type;
    private final Audience audience;
    private final String description;

    AuditField(Type type, Audience audience, String description) {
        this.type = requireNonNull(type, "type is null");
        this.audience = requireNonNull(audience, "audience is null");
        this.description = requireNonNull(description, "description is null");
    }

    public Type type() {
        return type;
    }

    public Audience audience() {
        return audience;
    }

    public String description() {
        return description;
    }

    /// Its name in the log.
    public String columnName() {
        return name().toLowerCase(ENGLISH);
    }
}
