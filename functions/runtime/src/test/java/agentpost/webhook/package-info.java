@NullMarked
package agentpost.webhook;

import org.jspecify.annotations.NullMarked;
