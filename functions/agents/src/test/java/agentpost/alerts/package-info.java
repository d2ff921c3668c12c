@NullMarked
package agentpost.alerts;

import org.jspecify.annotations.NullMarked;
