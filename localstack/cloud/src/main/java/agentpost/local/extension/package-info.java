/**
 * What a jar on the class path adds to every local cloud of this JVM, registered with {@link
 * java.util.ServiceLoader}: kinds of targets that EventBridge delivers to, and resource types that
 * templates declare.
 */
@org.jspecify.annotations.NullMarked
package agentpost.local.extension;
