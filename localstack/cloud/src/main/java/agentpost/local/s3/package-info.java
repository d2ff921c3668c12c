/** Buckets: as much of S3 as keeping objects and reading them again takes. */
@NullMarked
package agentpost.local.s3;

import org.jspecify.annotations.NullMarked;
