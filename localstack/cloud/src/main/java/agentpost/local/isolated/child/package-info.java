/**
 * What is added to a function's process, beside the code of the function and of AWS's runtime
 * interface client. Nothing but the JDK may be used here.
 */
@NullMarked
package agentpost.local.isolated.child;

import org.jspecify.annotations.NullMarked;
