/// The policy store in PostgreSQL: every change is one transaction and one version, every read is of exactly one version.
/// Documents are opaque text here. The only package that knows JDBC.
@NullMarked
package io.github.trinopolicy.store;

import org.jspecify.annotations.NullMarked;
