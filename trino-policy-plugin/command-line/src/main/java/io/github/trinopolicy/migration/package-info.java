/// Turns the rules of other systems into bundles, and says what it could not carry over.
@NullMarked
package io.github.trinopolicy.migration;

import org.jspecify.annotations.NullMarked;
