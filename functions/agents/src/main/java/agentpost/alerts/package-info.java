/** The agents that alerts go to: one groups them, one looks at those about security. */
@NullMarked
package agentpost.alerts;

import org.jspecify.annotations.NullMarked;
