@NullMarked
package agentpost.leads;

import org.jspecify.annotations.NullMarked;
