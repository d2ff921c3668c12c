@NullMarked
package agentpost.cli.project;

import org.jspecify.annotations.NullMarked;
