/**
 * Policies as IAM evaluates them, for whoever asks: a role's, a queue's, a function's, a log
 * group's and an API's are read and decided by the same code.
 */
@org.jspecify.annotations.NullMarked
package agentpost.local.policy;
