/**
 * Third parties' webhooks: who sent them is proved over their raw bytes, before anything reads
 * them.
 */
@NullMarked
package agentpost.ingest;

import org.jspecify.annotations.NullMarked;
