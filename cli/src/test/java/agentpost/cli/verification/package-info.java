@NullMarked
package agentpost.cli.verification;

import org.jspecify.annotations.NullMarked;
