/**
 * One suite of scenarios, run on the embedded cloud, on LocalStack in a container, and on any
 * LocalStack (docs/testing.md, ADR 19).
 */
@NullMarked
package agentpost.local.scenarios;

import org.jspecify.annotations.NullMarked;
