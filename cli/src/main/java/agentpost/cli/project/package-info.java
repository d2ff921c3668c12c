/** Somebody's project: where its parts are, and what writes new ones. */
@NullMarked
package agentpost.cli.project;

import org.jspecify.annotations.NullMarked;
