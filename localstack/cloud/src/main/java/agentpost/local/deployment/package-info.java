/** How each resource type of a template is made. */
@NullMarked
package agentpost.local.deployment;

import org.jspecify.annotations.NullMarked;
