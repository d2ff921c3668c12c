/**
 * {@code preflight}, {@code diff}: an account and a stack before a deployment; {@code rollback}:
 * after one.
 */
@NullMarked
package agentpost.cli.deployment;

import org.jspecify.annotations.NullMarked;
