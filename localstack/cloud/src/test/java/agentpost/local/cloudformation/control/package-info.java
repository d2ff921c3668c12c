/** Templates that are made, and those that are refused by name. */
@NullMarked
package agentpost.local.cloudformation.control;

import org.jspecify.annotations.NullMarked;
