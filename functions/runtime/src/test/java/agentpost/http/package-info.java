@NullMarked
package agentpost.http;

import org.jspecify.annotations.NullMarked;
