package agentpost.local.extension;

import agentpost.local.cloudformation.Provider;

/**
 * A type of CloudFormation resource that the local cloud cannot make itself. To register one, name
 * its class in {@code META-INF/services/agentpost.local.extension.LocalResourceType}; each cloud
 * makes one of its own.
 */
public interface LocalResourceType {
  /** Such as {@code AWS::Kinesis::Stream} or {@code Custom::Ledger}. */
  String name();

  /**
   * What makes such resources; a {@link Provider.Changeable} also changes and removes them while
   * the cloud runs.
   */
  Provider provider();
}
