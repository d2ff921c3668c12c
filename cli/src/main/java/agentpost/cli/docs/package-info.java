@NullMarked
package agentpost.cli.docs;

import org.jspecify.annotations.NullMarked;
