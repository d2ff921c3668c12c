/**
 * The inbox every hosted agent runs behind: verify, parse, validate, claim, act, publish, mark
 * done.
 */
@NullMarked
package agentpost.webhook;

import org.jspecify.annotations.NullMarked;
