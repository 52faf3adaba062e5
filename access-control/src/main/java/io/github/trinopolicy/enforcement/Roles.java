package io.github.trinopolicy.enforcement;

import static com.google.common.collect.Sets.intersection;

import io.github.trinopolicy.model.Principals;
import io.github.trinopolicy.policy.Subject;
import java.util.Set;

/// Who may administer, operate and audit, and who is exempt, by configuration. None of the offices lets anybody see data.
public final class Roles {
    private final Principals administrators;
    private final Principals entitlementAdministrators;
    private final Principals keyAdministrators;
    private final Principals auditors;
    private final Principals operators;
    private final Set<String> exemptUsers;
    private final Set<String> exemptGroups;

    public Roles(PolicyConfig config) {
        administrators = PrincipalNames.parse(config.getAdministrators());
        entitlementAdministrators = PrincipalNames.parse(config.getEntitlementAdministrators());
        keyAdministrators = PrincipalNames.parse(config.getKeyAdministrators());
        auditors = PrincipalNames.parse(config.getAuditors());
        operators = PrincipalNames.parse(config.getOperators());
        exemptUsers = config.getExemptUsers();
        exemptGroups = config.getExemptGroups();
    }

    public boolean isAdministrator(Subject subject) {
        return holds(administrators, subject);
    }

    public boolean isEntitlementAdministrator(Subject subject) {
        return isAdministrator(subject) || holds(entitlementAdministrators, subject);
    }

    public boolean isKeyAdministrator(Subject subject) {
        return isAdministrator(subject) || holds(keyAdministrators, subject);
    }

    public boolean isAuditor(Subject subject) {
        return isAdministrator(subject) || holds(auditors, subject);
    }

    public boolean isOperator(Subject subject) {
        return isAdministrator(subject) || holds(operators, subject);
    }

    public boolean isExempt(Subject subject) {
        return exemptUsers.contains(subject.user()) || !intersection(exemptGroups, subject.groups()).isEmpty();
    }

    /// True for whoever is exempt or has one of the offices.
    boolean holdsAny(Subject subject) {
        return isExempt(subject) || isEntitlementAdministrator(subject) || isKeyAdministrator(subject) || isAuditor(subject)
                || isOperator(subject);
    }

    private static boolean holds(Principals principals, Subject subject) {
        return principals.contains(subject.user(), subject.groups());
    }
}
