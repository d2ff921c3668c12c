/** The catalog of agents, read strictly. */
@NullMarked
package agentpost.infra.catalog;

import org.jspecify.annotations.NullMarked;
