/** What a person sees: text that is safe to print, tables, progress, and errors. */
@NullMarked
package agentpost.cli.terminal;

import org.jspecify.annotations.NullMarked;
