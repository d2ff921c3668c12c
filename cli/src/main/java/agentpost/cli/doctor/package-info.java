/** {@code doctor}: this machine, the project and a running stack, and what mends what is wrong. */
@NullMarked
package agentpost.cli.doctor;

import org.jspecify.annotations.NullMarked;
