/// Changes policies: every change is checked as a whole and made in one transaction of the store.
@NullMarked
package io.github.trinopolicy.administration;

import org.jspecify.annotations.NullMarked;
