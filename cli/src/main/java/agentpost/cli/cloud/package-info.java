/** The stack that a command talks to: on AWS, or the local cloud. */
@NullMarked
package agentpost.cli.cloud;

import org.jspecify.annotations.NullMarked;
