/// Enforces decisions through Trino's system access control.
@NullMarked
package io.github.trinopolicy.enforcement;

import org.jspecify.annotations.NullMarked;
