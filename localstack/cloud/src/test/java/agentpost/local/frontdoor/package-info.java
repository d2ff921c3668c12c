@NullMarked
package agentpost.local.frontdoor;

import org.jspecify.annotations.NullMarked;
