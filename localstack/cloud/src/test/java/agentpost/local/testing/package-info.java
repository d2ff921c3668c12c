/**
 * What several tests share: a time that moves only when told, and an endpoint that answers as it is
 * told.
 */
@NullMarked
package agentpost.local.testing;

import org.jspecify.annotations.NullMarked;
