/** What of an event a target gets: patterns, paths, transformers. */
@NullMarked
package agentpost.local.eventbridge.input;

import org.jspecify.annotations.NullMarked;
