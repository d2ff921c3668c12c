/** Buckets, without a server. */
@NullMarked
package agentpost.local.s3;

import org.jspecify.annotations.NullMarked;
