package io.github.trinopolicy.audit;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import io.airlift.log.Logger;
import io.github.trinopolicy.model.AuditEvent;
import io.github.trinopolicy.store.ActListener;
import java.io.UncheckedIOException;

/// Copies acts of administration to the file. They are in the store already, so a file that cannot be written stops none. Thread-safe.
public final class FiledActs implements ActListener {
    private static final Logger log = Logger.get(FiledActs.class);

    private final AuditFile file;

    public FiledActs(AuditFile file) {
        this.file = requireNonNull(file, "file is null");
    }

    @Override
    public void committed(AuditEvent act) {
        try {
            file.append(ImmutableList.of(act));
        }
        catch (UncheckedIOException e) {
            log.error(e, "The act of administration %s is in the store and not in the file", act.id());
        }
    }
}
