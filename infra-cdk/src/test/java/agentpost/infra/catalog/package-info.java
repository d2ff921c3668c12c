@NullMarked
package agentpost.infra.catalog;

import org.jspecify.annotations.NullMarked;
