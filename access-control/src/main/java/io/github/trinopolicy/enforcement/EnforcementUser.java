package io.github.trinopolicy.enforcement;

import io.trino.spi.security.Identity;
import java.security.SecureRandom;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/// The user as whom the expressions of masks and filters run, and who alone may call masking functions. The name is drawn at random in
/// each process and never leaves it; all names with the prefix are refused wherever a user could bring one.
public final class EnforcementUser {
    /// Why a name with that prefix is refused.
    static final String NAME_IS_RESERVED = MessageCode.RESERVED_NAME.on("the user name is reserved");
    private static final String PREFIX = "policy-enforcer-";

    private final String name;

    public EnforcementUser() {
        byte[] random = new byte[16];
        new SecureRandom().nextBytes(random);
        name = PREFIX + HexFormat.of().formatHex(random);
    }

    String name() {
        return name;
    }

    /// True for the identity of an expression. A login always has a principal, an expression never.
    boolean is(Identity identity) {
        return identity.getUser().equals(name) && identity.getPrincipal().isEmpty();
    }

    /// True for the names that no user may bring: of this one, and of [ServiceUser].
    static boolean isReserved(@Nullable String user) {
        return user != null && (user.startsWith(PREFIX) || ServiceUser.isReserved(user));
    }

    /// The name is a secret of the process.
    @Override
    public String toString() {
        return PREFIX + "*";
    }
}
