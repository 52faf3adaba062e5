package io.github.trinopolicy.commandline;

import java.util.Optional;

/// The catalog `policy` of a Trino, as one user sees it.
///
/// All methods throw [CommandFailure] with a sentence for the user, and [BundleRefusedException] where the server found a bundle wrong.
interface PolicyService extends AutoCloseable {
    /// Hands a bundle over, in parts where it is large.
    UploadedBundle upload(String bundle, Progress progress);

    /// @param groups that only Trino knows of the user, with commas between them
    Answer explain(String user, String table, Optional<String> groups);

    /// All documents, one a row.
    Answer export();

    @Override
    void close();

    /// How far a work has come.
    interface Progress {
        void report(int done, int total);
    }

    /// A bundle that the server knows.
    interface UploadedBundle extends AutoCloseable {
        /// @param source where it is absent, whose objects the bundle changes does not matter
        Plan plan(boolean prune, Optional<String> source);

        /// Who would see what differently after the bundle.
        ///
        /// @param source where it is absent, whose objects the bundle changes does not matter
        Answer impact(boolean prune, Optional<String> source);

        /// Applies it, and returns the version that the coordinator decides by from then on.
        long apply(boolean prune, String source, String reason);

        /// Forgets what the server still holds of it.
        @Override
        void close();
    }
}
