/** What a team adds to its local cloud, from outside the modules that it is made of. */
@NullMarked
package agentpost.extension;

import org.jspecify.annotations.NullMarked;
