/** The agents: plain logic, an event in, an outcome out; and what each needs of AWS behind an interface it owns. */
@NullMarked
package agentpost.agent;

import org.jspecify.annotations.NullMarked;
