package agentpost.cli.deployment;

import agentpost.catalog.ResourceNames;
import agentpost.cli.cloud.CloudOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.QueueDoesNotExistException;

/**
 * What becomes of what is in a resource that goes.
 *
 * @param isLost rather than kept, or not known
 * @param messages of a queue, if they could be counted
 * @param commands what to type about it
 */
record Loss(
    NamedResource resource,
    boolean isLost,
    String text,
    OptionalInt messages,
    List<String> commands) {
  Loss {
    commands = List.copyOf(commands);
  }

  static List<Loss> of(CloudOptions place, List<NamedResource> goes) {
    List<Loss> losses = new ArrayList<>();
    for (NamedResource resource : goes) {
      if (resource.isQueue()) {
        losses.add(ofQueue(place, resource));
      } else if (resource.resource().isRetained()) {
        losses.add(
            new Loss(resource, false, resource.key() + " stays", OptionalInt.empty(), List.of()));
      } else if (resource.isLostWithIt()) {
        losses.add(
            new Loss(
                resource,
                true,
                resource.key() + ", at once and for good",
                OptionalInt.empty(),
                List.of()));
      }
    }
    return losses;
  }

  private static Loss ofQueue(CloudOptions place, NamedResource queue) {
    boolean stays = queue.resource().isRetained();
    OptionalInt messages;
    String count;
    try {
      messages = OptionalInt.of(place.ask(SqsClient.builder(), client -> depth(client, queue)));
      count = messages.getAsInt() + (messages.getAsInt() == 1 ? " message" : " messages");
    } catch (SdkException e) {
      messages = OptionalInt.empty();
      count =
          "messages that could not be counted ("
              + AccountCheck.why(e, "sqs:GetQueueUrl and sqs:GetQueueAttributes")
              + ")";
    }
    boolean isLost = !stays && (messages.isEmpty() || messages.getAsInt() > 0);
    List<String> commands = new ArrayList<>();
    if (isLost && ResourceNames.isDeadLetters(queue.name())) {
      String agent = place.names().agentOfDeadLetters(queue.name());
      commands.add(place.nextCommand("dlq export " + agent) + " > " + agent + "-letters.json");
    }
    return new Loss(
        queue,
        isLost,
        queue.key() + (stays ? " stays with " : " with ") + count,
        messages,
        commands);
  }

  private static int depth(SqsClient client, NamedResource queue) {
    try {
      return QueueDepth.of(
          client, client.getQueueUrl(get -> get.queueName(queue.name())).queueUrl());
    } catch (QueueDoesNotExistException e) {
      return 0;
    }
  }
}
