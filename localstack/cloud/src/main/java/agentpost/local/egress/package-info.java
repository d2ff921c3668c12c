/** What may leave the machine, and who answers for what may not. */
@NullMarked
package agentpost.local.egress;

import org.jspecify.annotations.NullMarked;
