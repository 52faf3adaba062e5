/// Raw rows for owners: who may see a few, and how they are read without being kept.
@NullMarked
package io.github.trinopolicy.sample;

import org.jspecify.annotations.NullMarked;
