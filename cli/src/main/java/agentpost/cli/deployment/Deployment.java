package agentpost.cli.deployment;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.cloudformation.CloudFormationClient;
import software.amazon.awssdk.services.cloudformation.model.ResourceStatus;
import software.amazon.awssdk.services.cloudformation.model.StackEvent;

/** One that came to its end, and when it began and ended by the stack's own events. */
record Deployment(Instant began, Instant ended) {
  /** So many are told, and versions of older ones are not needed any more. */
  private static final int MAX_DEPLOYMENTS = 10;

  /** The last ones, newest first; none of those that failed and were rolled back. */
  static List<Deployment> findLast(CloudFormationClient client, String stack) {
    List<Deployment> found = new ArrayList<>();
    Optional<Instant> ended = Optional.empty();
    for (StackEvent event :
        client.describeStackEventsPaginator(events -> events.stackName(stack)).stackEvents()) {
      if (!event.stackId().equals(event.physicalResourceId())) {
        continue;
      }
      ResourceStatus status = event.resourceStatus();
      if (status == ResourceStatus.CREATE_COMPLETE || status == ResourceStatus.UPDATE_COMPLETE) {
        ended = Optional.of(event.timestamp());
      } else if (status == ResourceStatus.CREATE_IN_PROGRESS
          || status == ResourceStatus.UPDATE_IN_PROGRESS) {
        ended.ifPresent(end -> found.add(new Deployment(event.timestamp(), end)));
        ended = Optional.empty();
        if (found.size() == MAX_DEPLOYMENTS) {
          break;
        }
      }
    }
    return found;
  }

  /** By which people name it. */
  Instant label() {
    return began.truncatedTo(ChronoUnit.SECONDS);
  }

  /** Whether a version of this function came with it. */
  boolean published(LiveFunction function) {
    return function.versions().stream()
        .anyMatch(
            version -> !version.published().isBefore(began) && !version.published().isAfter(ended));
  }
}
