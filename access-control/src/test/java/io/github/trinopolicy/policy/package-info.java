@NullMarked
package io.github.trinopolicy.policy;

import org.jspecify.annotations.NullMarked;
