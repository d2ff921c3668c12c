/** The events as a public API: their schemas, and the validator that holds events to them. */
@NullMarked
package agentpost.schemas;

import org.jspecify.annotations.NullMarked;
