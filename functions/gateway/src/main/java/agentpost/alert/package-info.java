/** What AWS says of an account on its default bus, as alerts. */
@NullMarked
package agentpost.alert;

import org.jspecify.annotations.NullMarked;
