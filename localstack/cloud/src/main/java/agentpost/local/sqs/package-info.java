/** SQS is ElasticMQ, embedded. */
@NullMarked
package agentpost.local.sqs;

import org.jspecify.annotations.NullMarked;
