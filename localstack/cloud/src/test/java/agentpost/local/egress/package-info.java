@NullMarked
package agentpost.local.egress;

import org.jspecify.annotations.NullMarked;
