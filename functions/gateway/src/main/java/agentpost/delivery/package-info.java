/**
 * Calls to others: the relay, which signs one attempt to deliver one event and passes the answer
 * back; and the guard on URLs that others chose.
 */
@NullMarked
package agentpost.delivery;

import org.jspecify.annotations.NullMarked;
