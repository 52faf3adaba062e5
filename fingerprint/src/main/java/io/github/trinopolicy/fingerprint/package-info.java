/// Statistical work over governed tables: scheduled fingerprints, drift, schema monitoring, discovery and the rules of k-anonymity.
@NullMarked
package io.github.trinopolicy.fingerprint;

import org.jspecify.annotations.NullMarked;
