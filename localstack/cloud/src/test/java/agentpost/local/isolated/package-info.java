/** Tests of functions in processes of their own. */
@NullMarked
package agentpost.local.isolated;

import org.jspecify.annotations.NullMarked;
