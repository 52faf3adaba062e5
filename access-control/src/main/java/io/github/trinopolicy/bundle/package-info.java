/// The bundle format `policy/v1`: from YAML or JSON text to the records of the model, and back. Nothing here knows the store, Trino or
/// whether a named thing exists; it judges the form of a document alone.
@NullMarked
package io.github.trinopolicy.bundle;

import org.jspecify.annotations.NullMarked;
