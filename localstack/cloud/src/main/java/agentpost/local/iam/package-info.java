/**
 * Who may do what: the roles and resource policies that a template declares, asked before a call is
 * answered.
 */
@NullMarked
package agentpost.local.iam;

import org.jspecify.annotations.NullMarked;
