/// Statistics of tables that tell nothing of a single row: how they are taken, written down and compared.
@NullMarked
package io.github.trinopolicy.fingerprint;

import org.jspecify.annotations.NullMarked;
