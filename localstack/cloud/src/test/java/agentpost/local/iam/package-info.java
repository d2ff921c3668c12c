/** Tests of rights. */
@NullMarked
package agentpost.local.iam;

import org.jspecify.annotations.NullMarked;
