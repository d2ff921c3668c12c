/**
 * The local cloud in tests: {@link agentpost.local.junit.AgentpostTest @AgentpostTest} and what it
 * injects.
 */
@NullMarked
package agentpost.local.junit;

import org.jspecify.annotations.NullMarked;
