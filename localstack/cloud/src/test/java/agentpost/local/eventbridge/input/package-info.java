@NullMarked
package agentpost.local.eventbridge.input;

import org.jspecify.annotations.NullMarked;
