@NullMarked
package agentpost.infra;

import org.jspecify.annotations.NullMarked;
