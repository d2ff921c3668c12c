/**
 * The agents of a sign-up: welcome, trial, features, support, and the coordinator that waits for
 * them all.
 */
@NullMarked
package agentpost.onboarding;

import org.jspecify.annotations.NullMarked;
