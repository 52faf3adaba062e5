/// Keeps this node's snapshot in step with the store.
@NullMarked
package io.github.trinopolicy.snapshot;

import org.jspecify.annotations.NullMarked;
