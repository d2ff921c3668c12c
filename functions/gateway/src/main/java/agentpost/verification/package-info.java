/**
 * What {@code agentpost verify-deployment} has a deployed stage deliver to, and what deliveries are
 * held to there and in the scenarios.
 */
@NullMarked
package agentpost.verification;

import org.jspecify.annotations.NullMarked;
