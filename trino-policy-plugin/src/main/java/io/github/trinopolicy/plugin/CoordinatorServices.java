package io.github.trinopolicy.plugin;

import static java.util.Objects.requireNonNull;

import io.github.trinopolicy.decision.PolicyEvaluator;
import io.github.trinopolicy.enforcement.AuditLog;
import io.github.trinopolicy.enforcement.AuditedAccessControl;
import io.github.trinopolicy.enforcement.AuditedText;
import io.github.trinopolicy.enforcement.DecisionMeter;
import io.github.trinopolicy.enforcement.EnforcementUser;
import io.github.trinopolicy.enforcement.MeasuredAccessControl;
import io.github.trinopolicy.enforcement.ObjectRegistry;
import io.github.trinopolicy.enforcement.PolicyAccessControl;
import io.github.trinopolicy.enforcement.PolicyConfig;
import io.github.trinopolicy.enforcement.QueryRegistry;
import io.github.trinopolicy.enforcement.Roles;
import io.github.trinopolicy.enforcement.UnmaskAnnouncement;
import io.trino.spi.security.SystemAccessControl;
import java.util.Optional;

/// What connector and access control of a coordinator share.
///
/// @param auditLog empty: queries and denials are not recorded
record CoordinatorServices(QueryRegistry queries, PolicyEvaluator evaluator, Roles roles, PolicyConfig config,
        ObjectRegistry objects, UnmaskAnnouncement unmaskAnnouncement, EnforcementSwitch enforcementSwitch, Optional<AuditLog> auditLog,
        AuditedText auditedText, DecisionMeter meter) {
    CoordinatorServices {
        requireNonNull(queries, "queries is null");
        requireNonNull(evaluator, "evaluator is null");
        requireNonNull(roles, "roles is null");
        requireNonNull(config, "config is null");
        requireNonNull(objects, "objects is null");
        requireNonNull(unmaskAnnouncement, "unmaskAnnouncement is null");
        requireNonNull(enforcementSwitch, "enforcementSwitch is null");
        requireNonNull(auditLog, "auditLog is null");
        requireNonNull(auditedText, "auditedText is null");
        requireNonNull(meter, "meter is null");
    }

    SystemAccessControl createAccessControl() {
        EnforcementUser enforcementUser = new EnforcementUser();
        SystemAccessControl accessControl = new PolicyAccessControl(queries, evaluator, enforcementUser, roles, config, objects,
                unmaskAnnouncement, enforcementSwitch::turnOff);
        SystemAccessControl audited = auditLog
                .map(log -> AuditedAccessControl.over(accessControl, queries, enforcementUser, log, auditedText)).orElse(accessControl);
        enforcementSwitch.turnOn();
        return MeasuredAccessControl.over(audited, meter);
    }
}
