/** The sample of docs/testing-agents.md, which is these classes. */
@NullMarked
package agentpost.sample;

import org.jspecify.annotations.NullMarked;
