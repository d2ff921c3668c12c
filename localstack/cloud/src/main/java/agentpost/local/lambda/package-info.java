/** Runs the template's functions in this JVM. */
@NullMarked
package agentpost.local.lambda;

import org.jspecify.annotations.NullMarked;
