/** The AWS wire protocols on the one port: from HTTP to a service's operation and back. */
@NullMarked
package agentpost.local.wire;

import org.jspecify.annotations.NullMarked;
