/** {@code agents}, {@code check-url}: agents as the stack declares them, and what stops them. */
@NullMarked
package agentpost.cli.agents;

import org.jspecify.annotations.NullMarked;
