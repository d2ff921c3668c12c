@NullMarked
package agentpost.cli.doctor;

import org.jspecify.annotations.NullMarked;
