@NullMarked
package agentpost.ingest;

import org.jspecify.annotations.NullMarked;
