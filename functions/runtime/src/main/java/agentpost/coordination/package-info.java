/**
 * How agents wait: for what must come together, for an answer, for a time; and what they remember
 * meanwhile.
 */
@NullMarked
package agentpost.coordination;

import org.jspecify.annotations.NullMarked;
