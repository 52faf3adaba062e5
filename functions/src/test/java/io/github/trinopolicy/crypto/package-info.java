@NullMarked
package io.github.trinopolicy.crypto;

import org.jspecify.annotations.NullMarked;
