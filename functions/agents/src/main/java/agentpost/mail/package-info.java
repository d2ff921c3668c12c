/** Mail, as agents send it. */
@NullMarked
package agentpost.mail;

import org.jspecify.annotations.NullMarked;
