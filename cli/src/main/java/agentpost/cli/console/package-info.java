/** The console of the local cloud: pages for people, on what the commands use. */
@NullMarked
package agentpost.cli.console;

import org.jspecify.annotations.NullMarked;
