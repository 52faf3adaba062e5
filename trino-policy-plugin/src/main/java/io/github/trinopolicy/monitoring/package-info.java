/// What becomes of governed tables, and whether they are as they shall be.
@NullMarked
package io.github.trinopolicy.monitoring;

import org.jspecify.annotations.NullMarked;
