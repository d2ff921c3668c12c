/**
 * What the catalog names: agents, and what their deliveries are signed with. The CDK app writes it,
 * functions read it.
 */
@NullMarked
package agentpost.catalog;

import org.jspecify.annotations.NullMarked;
