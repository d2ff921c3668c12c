/** STS: who is asking, and the roles that {@code cdk bootstrap} would have made. */
@NullMarked
package agentpost.local.sts;

import org.jspecify.annotations.NullMarked;
