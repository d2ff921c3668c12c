/** One request and response pair; API Gateway's event types end here. */
@NullMarked
package agentpost.http;

import org.jspecify.annotations.NullMarked;
