/** {@code cost}: what the stack costs at list prices. */
@NullMarked
package agentpost.cli.cost;

import org.jspecify.annotations.NullMarked;
