package io.github.trinopolicy.demo;

import java.util.ArrayDeque;
import java.util.Deque;

/// What has to be closed at the end, in the reverse order of its opening. Not thread-safe.
final class OpenResources implements AutoCloseable {
    private final Deque<AutoCloseable> resources = new ArrayDeque<>();

    <T extends AutoCloseable> T add(T resource) {
        resources.push(resource);
        return resource;
    }

    /// Closes everything, also when some of it fails; throws the first failure with the others as suppressed.
    @Override
    public void close() throws Exception {
        // an interruption has done its work by leading here; pending, it would cut the closing short
        boolean _ = Thread.interrupted();
        Exception failure = null;
        while (!resources.isEmpty()) {
            try {
                resources.pop().close();
            }
            catch (Exception e) {
                if (failure == null) {
                    failure = e;
                }
                else {
                    failure.addSuppressed(e);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
