package io.github.trinopolicy.bundle;

import static com.google.common.base.Preconditions.checkArgument;

import com.google.common.collect.ImmutableList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// A bundle, or a stored document, that cannot be read. The message has a line for each error.
public final class BundleException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient List<BundleError> errors;
    private final int omitted;

    /// @param omitted how many more errors there are than `errors`
    public BundleException(List<BundleError> errors, int omitted) {
        super(message(errors, omitted));
        checkArgument(!errors.isEmpty(), "errors is empty");
        this.errors = ImmutableList.copyOf(errors);
        this.omitted = omitted;
    }

    public BundleException(Optional<Position> position, String message) {
        this(ImmutableList.of(new BundleError(position, message)), 0);
    }

    public List<BundleError> errors() {
        return errors;
    }

    public int omitted() {
        return omitted;
    }

    private static String message(List<BundleError> errors, int omitted) {
        String lines = errors.stream().map(BundleError::toString).collect(Collectors.joining("\n"));
        return omitted == 0 ? lines : lines + "\nand %s more errors".formatted(omitted);
    }
}
