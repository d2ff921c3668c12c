/** SQS: queues in memory, in real time. */
@NullMarked
package agentpost.local.sqs;

import org.jspecify.annotations.NullMarked;
