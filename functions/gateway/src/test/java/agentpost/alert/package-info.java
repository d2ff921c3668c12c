@NullMarked
package agentpost.alert;

import org.jspecify.annotations.NullMarked;
