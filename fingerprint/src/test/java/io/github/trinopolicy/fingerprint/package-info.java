@NullMarked
package io.github.trinopolicy.fingerprint;

import org.jspecify.annotations.NullMarked;
