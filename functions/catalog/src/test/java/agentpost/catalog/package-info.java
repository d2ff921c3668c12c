@NullMarked
package agentpost.catalog;

import org.jspecify.annotations.NullMarked;
