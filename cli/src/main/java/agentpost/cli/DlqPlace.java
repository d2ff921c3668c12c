package agentpost.cli;

import agentpost.deadletter.DeadLetterQueue;
import agentpost.event.AgentName;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import picocli.CommandLine.Option;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.QueueDoesNotExistException;

/** Where the dead-letter queues are. */
final class DlqPlace extends CloudPlace {
  /** As many letters as a look receives at a time. They may be a megabyte each, and no more than a page need be in memory. */
  static final int PAGE = 80;

  private static final String SUFFIX = "-dlq";

  @Option(names = "--prefix", defaultValue = "agentpost", paramLabel = "NAME", description = "What names begin with; ${DEFAULT-VALUE} unless given. A stage's is agentpost-STAGE.")
  private String prefix;

  String prefix() {
    return prefix;
  }

  String redriveFunction() {
    return prefix + "-redrive";
  }

  /** Every queue of dead letters, by whose it is. */
  <T> Map<String, T> each(Function<DeadLetterQueue, T> question) {
    return asked(
        SqsClient.builder(),
        client -> {
          Map<String, T> all = new TreeMap<>();
          for (String url : client.listQueuesPaginator(list -> list.queueNamePrefix(prefix + "-").maxResults(1000)).queueUrls()) {
            String name = url.substring(url.lastIndexOf('/') + 1);
            if (name.endsWith(SUFFIX)) {
              all.put(name.substring(prefix.length() + 1, name.length() - SUFFIX.length()), question.apply(new DeadLetterQueue(client, url)));
            }
          }
          return all;
        });
  }

  <T> T of(AgentName agent, Function<DeadLetterQueue, T> question) {
    String name = prefix + "-" + agent + SUFFIX;
    return asked(
        SqsClient.builder(),
        client -> {
          try {
            return question.apply(new DeadLetterQueue(client, client.getQueueUrl(get -> get.queueName(name)).queueUrl()));
          } catch (QueueDoesNotExistException e) {
            throw new CommandFailure("there is no queue " + name + " at " + label() + "; ./agentpost dlq list shows which there are");
          }
        });
  }
}
