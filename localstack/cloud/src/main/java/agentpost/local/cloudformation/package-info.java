/** Reads a synthesized template and makes what it declares. */
@NullMarked
package agentpost.local.cloudformation;

import org.jspecify.annotations.NullMarked;
