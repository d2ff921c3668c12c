/** What a function gets from where it runs: on Lambda, or in the local cloud's function host. */
@NullMarked
package agentpost.platform;

import org.jspecify.annotations.NullMarked;
