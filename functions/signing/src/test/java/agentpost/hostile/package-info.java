/** What someone sends who wants a parser or a verifier to fail. */
@NullMarked
package agentpost.hostile;

import org.jspecify.annotations.NullMarked;
