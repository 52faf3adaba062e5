package io.github.trinopolicy.enforcement;

import static java.util.Objects.requireNonNull;

import io.trino.spi.security.AccessDeniedException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Why something is refused, as a code that stays while words change. It stands at the end of the message, `... (POLICY-201)`, where it can
/// be searched for and where nothing that users name can take its place.
public enum MessageCode {
    // users and sessions
    RESERVED_NAME(101, "The user name is one of the plugin's own", "Use another name"),
    IMPERSONATION(102, "No policy lets the user who logged in act as the other one",
            "A policy of type impersonation; users with an office are met by name only"),
    PROJECT(103, "There is no such project, or the user is no member of it",
            "policy.metadata.projects lists one's own; an owner of the project adds members"),
    SESSION_PROPERTY(104, "The session property could change what is planned or read", "policy.allowed-session-properties"),
    OPERATORS(105, "Only operators and administrators see the system or touch queries of others", "policy.operators"),
    ADMINISTRATORS_OF_CATALOGS(106, "Only administrators create and drop catalogs", "policy.administrators"),
    GRANTS(107, "Rights are given by policies, not by GRANT, roles or authorizations", "A policy of type access, by policy.admin.apply"),
    SERVICE_USER(108, "The service user asked for more than its run is about",
            "Let the query of the attribute source name the tables themselves"),
    UNKNOWN_QUERY(109, "The query did not come in through the access control", "If it happens to users, a fault of the plugin: report it"),

    // objects
    NO_POLICY(201, "No policy gives the level that is needed", "policy.session.explain tells which policies were looked at"),
    OUTSIDE_PROJECT(202, "The object is no data source of the current project", "policy.session.leave_project, or add it to the project"),
    UNGOVERNED(203, "The object is not registered", "policy.admin.register, or policy.ungoverned-tables"),
    METADATA(204, "Metadata tables and columns show values that policies hide", "None: ask for what is needed as a table"),
    BEING_RENAMED(205, "The object, or what is known of it, is just changing its name", "Try again"),
    RENAMING(206, "Policies would not hold under the new name or type",
            "Somebody from whom they hide nothing, or an administrator who names both first"),
    CARRYING_OUT(207, "The query reads under an exception and fills what nobody guards", "Fill a governed table"),
    LOCATION(208, "A location could reach data of other objects", "Leave the property out"),
    HIDDEN_ROWS(209, "A row filter hides rows that would be deleted too", "DELETE, which sees the same rows as the user"),
    MATERIALIZED_VIEW(210, "A materialized view keeps a copy", "Register its schema"),
    NOTHING_VISIBLE(211, "The user may use nothing in it", "A policy of type access"),
    SYSTEM_SCHEMA(212, "The schema belongs to Trino or to the plugin", "Use another schema"),
    BROKEN_POLICY(213, "A policy that selects the object does not compile, and closes it",
            "A governor corrects the policy; policy.metadata.health tells him why"),

    // functions and procedures
    ROUTINE(301, "The function or procedure could pass policies by", "policy.allowed-routines"),
    ADMINISTRATION_IN_VIEW(302, "Functions of the policy catalog answer the asking user, not a view",
            "Call them outside of views and routines"),
    UNMASK(303, "No policy of type unmask gives the right, or not in this place",
            "A policy of type unmask; call the function in the query itself"),
    UNMASK_UNCONFIRMED(304, "The node cannot learn what the query may unmask", "See whether the coordinator reaches the store"),
    SAMPLE_SECRET(305, "The connection does not prove that an owner asks for the sample",
            "policy.admin.set_sample_secret, then the extra credential policy.sample-secret; after wrong ones, wait"),
    SAMPLE_QUERY(306, "Rows of a sample could be kept somewhere, or somebody else asks in the owner's name",
            "SELECT * FROM TABLE(policy.admin.sample(...)), logged in as the owner, in a statement of its own, without spooling"),

    // administration
    NOT_ENFORCING(401, "The access control is not active on the coordinator",
            "access-control.name=policy in etc/access-control.properties"),
    OFFICE(402, "The act needs an office, or to own the object", "The message names the office and its property"),

    // state
    STALE(501, "The policies are older than policy.max-staleness", "Bring the store back; policy.metadata.snapshot_status has the cause"),
    AUDIT_OVERLOAD(502, "The audit log cannot be written", "Bring the store back; policy.audit.on-overload"),
    OTHER(999, "Refused, and Trino leaves no room for a reason", "The message names what was refused");

    private static final Pattern AT_THE_END = Pattern.compile("\\((POLICY-\\d{3})\\)$");

    private final int number;
    private final String meaning;
    private final String remedy;

    MessageCode(int number, String meaning, String remedy) {
        this.number = number;
        this.meaning = requireNonNull(meaning, "meaning is null");
        this.remedy = requireNonNull(remedy, "remedy is null");
    }

    /// The code of a refusal; [#OTHER] where there is none.
    public static MessageCode of(AccessDeniedException refusal) {
        return Optional.ofNullable(refusal.getMessage())
                .map(AT_THE_END::matcher)
                .filter(Matcher::find)
                .flatMap(matcher -> Stream.of(values()).filter(code -> code.toString().equals(matcher.group(1))).findFirst())
                .orElse(OTHER);
    }

    /// A reason, or the end of a message, with the code behind it.
    public String on(String text) {
        return "%s (%s)".formatted(text, this);
    }

    public AccessDeniedException refusal(String message) {
        return new AccessDeniedException(on(message));
    }

    public String meaning() {
        return meaning;
    }

    public String remedy() {
        return remedy;
    }

    /// `POLICY-201`.
    @Override
    public String toString() {
        return "POLICY-" + number;
    }
}
