/** DynamoDB: DynamoDB Local, embedded. */
@NullMarked
package agentpost.local.dynamodb;

import org.jspecify.annotations.NullMarked;
