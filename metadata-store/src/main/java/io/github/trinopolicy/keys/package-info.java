/// Wrapping of data keys under a key-encryption key. Secret bytes leave this package only as copies that the caller wipes.
@NullMarked
package io.github.trinopolicy.keys;

import org.jspecify.annotations.NullMarked;
