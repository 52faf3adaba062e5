/// Masking functions as Trino calls them, and the catalogue of what they can mask.
@NullMarked
package io.github.trinopolicy.masking;

import org.jspecify.annotations.NullMarked;
