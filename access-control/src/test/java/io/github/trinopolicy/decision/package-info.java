@NullMarked
package io.github.trinopolicy.decision;

import org.jspecify.annotations.NullMarked;
