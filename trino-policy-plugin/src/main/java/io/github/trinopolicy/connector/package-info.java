/// The catalog `policy`: procedures, table functions, metadata tables and masking functions.
@NullMarked
package io.github.trinopolicy.connector;

import org.jspecify.annotations.NullMarked;
