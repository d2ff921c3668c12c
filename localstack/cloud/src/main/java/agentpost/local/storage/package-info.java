/** What is put away on disk, so that it takes no memory while nobody asks for it. */
@NullMarked
package agentpost.local.storage;

import org.jspecify.annotations.NullMarked;
