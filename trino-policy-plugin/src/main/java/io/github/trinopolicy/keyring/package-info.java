/// Gives masking functions the data keys of the store.
@NullMarked
package io.github.trinopolicy.keyring;

import org.jspecify.annotations.NullMarked;
