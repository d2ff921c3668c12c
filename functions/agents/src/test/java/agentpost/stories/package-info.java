/** For the tests of the example agents. */
@NullMarked
package agentpost.stories;

import org.jspecify.annotations.NullMarked;
