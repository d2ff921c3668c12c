/** {@code demo}: the example agents' stories, told by what happens. */
@NullMarked
package agentpost.cli.demo;

import org.jspecify.annotations.NullMarked;
