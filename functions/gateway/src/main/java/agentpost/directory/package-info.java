/** What the catalog says of agents and of sources, as functions read it. */
@NullMarked
package agentpost.directory;

import org.jspecify.annotations.NullMarked;
