/**
 * Which AWS calls a handler can make, found in its bytecode: what it reaches, and which settings
 * name what it calls. It errs on the side of too many calls: all objects of a class share their
 * fields, and all callers of a method its parameters.
 */
@NullMarked
package agentpost.infra.bytecode;

import org.jspecify.annotations.NullMarked;
