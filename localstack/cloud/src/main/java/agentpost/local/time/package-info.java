/** The local cloud's time, which can run faster than the wall's. */
@NullMarked
package agentpost.local.time;

import org.jspecify.annotations.NullMarked;
