@NullMarked
package agentpost.cli.demo;

import org.jspecify.annotations.NullMarked;
