@NullMarked
package agentpost.local.apigateway;

import org.jspecify.annotations.NullMarked;
