package io.github.trinopolicy.keys;

import static java.util.Objects.requireNonNull;

/// An error of AWS KMS as its protocol tells it. Its message stands for what the service would quote, and must reach nobody.
public final class TestingKmsFailure extends RuntimeException {
    public static final String MESSAGE = "said by the service alone";
    private static final long serialVersionUID = 1L;

    private final String code;
    private final int status;

    private TestingKmsFailure(String code, int status) {
        super(MESSAGE);
        this.code = requireNonNull(code, "code is null");
        this.status = status;
    }

    public static TestingKmsFailure of(String code) {
        return new TestingKmsFailure(code, 400);
    }

    public static TestingKmsFailure ofService(String code) {
        return new TestingKmsFailure(code, 500);
    }

    String code() {
        return code;
    }

    int status() {
        return status;
    }
}
