@NullMarked
package agentpost.local.storage;

import org.jspecify.annotations.NullMarked;
