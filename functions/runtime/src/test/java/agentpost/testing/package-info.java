/**
 * What the tests of several packages share: a clock to move, and AWS services that fail on demand.
 */
@NullMarked
package agentpost.testing;

import org.jspecify.annotations.NullMarked;
