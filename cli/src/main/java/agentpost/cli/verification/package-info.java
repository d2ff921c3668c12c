/** Whether a deployed stage does what it is for. */
@NullMarked
package agentpost.cli.verification;

import org.jspecify.annotations.NullMarked;
