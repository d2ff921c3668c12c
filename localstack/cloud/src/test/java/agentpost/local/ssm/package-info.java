@NullMarked
package agentpost.local.ssm;

import org.jspecify.annotations.NullMarked;
