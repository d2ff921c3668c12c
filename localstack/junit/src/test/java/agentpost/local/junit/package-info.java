@NullMarked
package agentpost.local.junit;

import org.jspecify.annotations.NullMarked;
