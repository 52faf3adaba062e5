/// Keys and primitives under the masking functions. Nothing here knows Trino.
@NullMarked
package io.github.trinopolicy.crypto;

import org.jspecify.annotations.NullMarked;
