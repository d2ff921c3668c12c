/** The template's REST API. */
@NullMarked
package agentpost.local.apigateway;

import org.jspecify.annotations.NullMarked;
