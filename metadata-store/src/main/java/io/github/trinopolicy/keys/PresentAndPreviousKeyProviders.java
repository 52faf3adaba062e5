package io.github.trinopolicy.keys;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import java.util.List;

/// One provider that wraps, and others that only unwrap what they have wrapped before: the way from one to another.
final class PresentAndPreviousKeyProviders implements KeyProvider {
    private final KeyProvider present;
    private final List<KeyProvider> all;

    /// Takes ownership of the providers.
    PresentAndPreviousKeyProviders(KeyProvider present, List<KeyProvider> previous) {
        this.present = requireNonNull(present, "present is null");
        this.all = ImmutableList.<KeyProvider>builder().add(present).addAll(previous).build();
    }

    @Override
    public String id() {
        return present.id();
    }

    @Override
    public boolean unwraps(WrappedKey key) {
        return all.stream().anyMatch(provider -> provider.unwraps(key));
    }

    @Override
    public WrappedKey create(KeyContext context) {
        return present.create(context);
    }

    @Override
    public WrappedKey wrap(DataKey key, KeyContext context) {
        return present.wrap(key, context);
    }

    @Override
    public DataKey unwrap(WrappedKey key, KeyContext context) {
        return all.stream().filter(provider -> provider.unwraps(key)).findFirst().orElseThrow(() -> new KeyWrappingException(
                "data key %s is wrapped under %s, which this node does not have: name it in policy.previous-key-encryption-key-files or policy.kms.previous-key-arns"
                        .formatted(context.keyId(), key.provider())))
                .unwrap(key, context);
    }

    @Override
    public void close() {
        all.forEach(KeyProvider::close);
    }
}
