@NullMarked
package agentpost.onboarding;

import org.jspecify.annotations.NullMarked;
