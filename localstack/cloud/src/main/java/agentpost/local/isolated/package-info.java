/**
 * Functions in processes of their own, under AWS's Java runtime interface client, from the zip that
 * the template packs.
 */
@NullMarked
package agentpost.local.isolated;

import org.jspecify.annotations.NullMarked;
