/**
 * Measurements against a running local cloud, or any endpoint that speaks the same APIs. Programs,
 * not tests: nothing asserts a time.
 */
@NullMarked
package agentpost.local.bench;

import org.jspecify.annotations.NullMarked;
