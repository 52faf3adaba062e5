@NullMarked
package io.github.trinopolicy.masking;

import org.jspecify.annotations.NullMarked;
