/** The ways in: the port, clients in this JVM, and EventBridge on its way to other services. */
@NullMarked
package agentpost.local.frontdoor;

import org.jspecify.annotations.NullMarked;
