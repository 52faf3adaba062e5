/// The language of policy texts: Trino SQL expressions with policy functions, parsed when a policy is written and evaluated as far as
/// the user's entitlements reach when a query is decided, so that only plain SQL over the row is left for the engine.
@NullMarked
package io.github.trinopolicy.policy;

import org.jspecify.annotations.NullMarked;
