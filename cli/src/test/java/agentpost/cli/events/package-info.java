@NullMarked
package agentpost.cli.events;

import org.jspecify.annotations.NullMarked;
