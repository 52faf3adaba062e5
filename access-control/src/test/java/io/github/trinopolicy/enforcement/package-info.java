@NullMarked
package io.github.trinopolicy.enforcement;

import org.jspecify.annotations.NullMarked;
