/** CloudFormation's API, as the CDK's command calls it, in front of the deployments here. */
@NullMarked
package agentpost.local.cloudformation.control;

import org.jspecify.annotations.NullMarked;
