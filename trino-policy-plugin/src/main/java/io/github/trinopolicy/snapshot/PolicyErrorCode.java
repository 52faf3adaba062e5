package io.github.trinopolicy.snapshot;

import io.trino.spi.ErrorCode;
import io.trino.spi.ErrorCodeSupplier;
import io.trino.spi.ErrorType;

/// Errors of the plugin that none of Trino's own codes names.
public enum PolicyErrorCode implements ErrorCodeSupplier {
    /// The policy store cannot be reached or refuses to work.
    POLICY_STORE_ERROR(0, ErrorType.EXTERNAL);

    private static final int BASE = 0x0710_0000;

    private final int code;
    private final ErrorType type;

    PolicyErrorCode(int code, ErrorType type) {
        this.code = code;
        this.type = type;
    }

    @Override
    public ErrorCode toErrorCode() {
        return new ErrorCode(BASE + code, name(), type);
    }
}
