/// Keeps the sets of values that are too large for expressions, and gives them to masking functions.
@NullMarked
package io.github.trinopolicy.valueset;

import org.jspecify.annotations.NullMarked;
