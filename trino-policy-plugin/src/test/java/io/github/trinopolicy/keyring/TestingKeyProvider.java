package io.github.trinopolicy.keyring;

import io.github.trinopolicy.keys.DataKey;
import io.github.trinopolicy.keys.KeyContext;
import io.github.trinopolicy.keys.KeyEncryptionConfig;
import io.github.trinopolicy.keys.KeyProvider;
import io.github.trinopolicy.keys.LocalKeyProviderFactory;
import io.github.trinopolicy.keys.WrappedKey;
import java.util.Base64;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/// A local provider that counts what it unwraps, and can be made to wait or to fail.
final class TestingKeyProvider implements KeyProvider {
    private final KeyProvider delegate = new LocalKeyProviderFactory(
            new KeyEncryptionConfig().setKeyEncryptionKey(Base64.getEncoder().encodeToString(new byte[32]))).create();
    private final AtomicInteger unwrapped = new AtomicInteger();
    private volatile CountDownLatch gate = new CountDownLatch(0);
    private volatile boolean failing;

    int unwrapped() {
        return unwrapped.get();
    }

    void shut() {
        gate = new CountDownLatch(1);
    }

    void open() {
        gate.countDown();
    }

    void fail(boolean fail) {
        failing = fail;
    }

    @Override
    public String id() {
        return delegate.id();
    }

    @Override
    public boolean unwraps(WrappedKey key) {
        return delegate.unwraps(key);
    }

    @Override
    public WrappedKey create(KeyContext context) {
        return delegate.create(context);
    }

    @Override
    public WrappedKey wrap(DataKey key, KeyContext context) {
        return delegate.wrap(key, context);
    }

    @Override
    public DataKey unwrap(WrappedKey key, KeyContext context) {
        unwrapped.incrementAndGet();
        try {
            gate.await();
        }
        catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        // a key of nobody, for the failure that the real provider makes
        return delegate.unwrap(failing ? new WrappedKey(key.provider(), new byte[1]) : key, context);
    }

    @Override
    public void close() {
        delegate.close();
    }
}
