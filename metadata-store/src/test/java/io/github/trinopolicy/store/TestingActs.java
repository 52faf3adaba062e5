package io.github.trinopolicy.store;

import com.google.common.base.Throwables;
import io.github.trinopolicy.model.Kind;
import java.util.Optional;

/// Material of the tests of this package.
final class TestingActs {
    static final Act ACT = new Act("alice", Optional.of("git:policies@1"), Optional.of("because"), "apply");

    private TestingActs() {
    }

    static StoredObject tag(String name) {
        return tag(name, "kind: Tag");
    }

    static StoredObject tag(String name, String document) {
        return new StoredObject(Kind.TAG, name, Origin.BUNDLE, Optional.of("git:policies"), document);
    }

    static String stackTrace(Throwable failure) {
        return Throwables.getStackTraceAsString(failure);
    }
}
