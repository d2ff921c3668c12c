/** The CDK app: one construct a capability, from the catalog to CloudFormation. */
@NullMarked
package agentpost.infra;

import org.jspecify.annotations.NullMarked;
