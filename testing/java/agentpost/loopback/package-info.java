/** For every module's tests: no name is looked up beyond this machine. */
@NullMarked
package agentpost.loopback;

import org.jspecify.annotations.NullMarked;
