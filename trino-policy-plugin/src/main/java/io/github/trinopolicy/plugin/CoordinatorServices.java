package io.github.trinopolicy.plugin;

import static java.util.Objects.requireNonNull;

import io.github.trinopolicy.decision.PolicyEvaluator;
import io.github.trinopolicy.enforcement.EnforcementUser;
import io.github.trinopolicy.enforcement.ObjectRegistry;
import io.github.trinopolicy.enforcement.PolicyAccessControl;
import io.github.trinopolicy.enforcement.PolicyConfig;
import io.github.trinopolicy.enforcement.QueryRegistry;
import io.github.trinopolicy.enforcement.Roles;
import io.github.trinopolicy.enforcement.UnmaskAnnouncement;
import io.trino.spi.security.SystemAccessControl;

/// What connector and access control of a coordinator share.
record CoordinatorServices(QueryRegistry queries, PolicyEvaluator evaluator, Roles roles, PolicyConfig config,
        ObjectRegistry objects, UnmaskAnnouncement unmaskAnnouncement, EnforcementSwitch enforcementSwitch) {
    CoordinatorServices {
        requireNonNull(queries, "queries is null");
        requireNonNull(evaluator, "evaluator is null");
        requireNonNull(roles, "roles is null");
        requireNonNull(config, "config is null");
        requireNonNull(objects, "objects is null");
        requireNonNull(unmaskAnnouncement, "unmaskAnnouncement is null");
        requireNonNull(enforcementSwitch, "enforcementSwitch is null");
    }

    SystemAccessControl createAccessControl() {
        SystemAccessControl accessControl = new PolicyAccessControl(queries, evaluator, new EnforcementUser(), roles, config, objects,
                unmaskAnnouncement, enforcementSwitch::turnOff);
        enforcementSwitch.turnOn();
        return accessControl;
    }
}
