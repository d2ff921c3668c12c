package agentpost.cli.deadletter;

import agentpost.catalog.AgentName;
import agentpost.catalog.ResourceNames;
import agentpost.cli.cloud.CloudOptions;
import agentpost.cli.cloud.DeclaredAgent;
import agentpost.cli.terminal.CommandFailure;
import agentpost.deadletter.DeadLetter;
import agentpost.deadletter.DeadLetterQueue;
import agentpost.deadletter.QueueBrowser;
import agentpost.platform.AwsClients;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BiConsumer;
import java.util.function.Function;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.ListQueuesRequest;
import software.amazon.awssdk.services.sqs.model.QueueDoesNotExistException;

/** Where the dead-letter queues are. */
public class DlqOptions extends CloudOptions {
  /**
   * As many letters as a look receives at a time. They may be a megabyte each, and no more than a
   * page need be in memory.
   */
  static final int PAGE_SIZE = 80;

  /** A look makes up to eight calls of its own at a time. */
  private static final int MAX_PARALLEL_QUEUES = 32;

  public DlqOptions() {}

  /** A local cloud in this JVM. */
  public DlqOptions(URI endpoint, AwsClients clients) {
    super(endpoint, clients);
  }

  final String redriveFunction() {
    return names().redrive();
  }

  /**
   * Asks queues, many at once, and hands on the answers in the order of the queues' names, each as
   * soon as those before it are there.
   *
   * @param queues as {@link #queues} has them
   */
  public final <T> void forEachQueue(
      Map<String, String> queues,
      Function<DeadLetterQueue, T> question,
      BiConsumer<String, T> answers) {
    withClient(
        SqsClient.builder(),
        client -> {
          try (ExecutorService threads =
              Executors.newFixedThreadPool(MAX_PARALLEL_QUEUES, Thread.ofVirtual().factory())) {
            Map<String, Future<T>> asked = new TreeMap<>();
            queues.forEach(
                (name, url) ->
                    asked.put(
                        name,
                        threads.submit(() -> question.apply(new DeadLetterQueue(client, url)))));
            try {
              asked.forEach((name, answer) -> answers.accept(name, awaitAnswer(answer)));
            } finally {
              threads.shutdownNow();
            }
          }
          return queues.size();
        });
  }

  private static <T> T awaitAnswer(Future<T> answer) {
    try {
      return answer.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause
          ? cause
          : new IllegalStateException("A call failed", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailure("interrupted");
    }
  }

  /**
   * The addresses of all queues of dead letters, by whose they are. What another stage's stack has
   * begins alike, if this is the one without a stage.
   *
   * @throws CommandFailure if there are none because there is no such stack
   */
  public final Map<String, String> queues() {
    return withClient(SqsClient.builder(), this::queues);
  }

  private Map<String, String> queues(SqsClient client) {
    String own = names().partPrefix();
    // At the same time: loading the classes of a client takes longer than asking.
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<List<String>> asked = threads.submit(this::stacks);
      Map<String, String> urls = urls(client, own);
      List<String> stacks = awaitAnswer(asked);
      if (urls.isEmpty()) {
        requireStack(stacks);
      }
      urls.keySet()
          .removeIf(
              name ->
                  stacks.stream()
                      .anyMatch(
                          stack ->
                              stack.startsWith(own)
                                  && (own + name)
                                      .startsWith(new ResourceNames(stack).partPrefix())));
      return urls;
    }
  }

  private Map<String, String> urls(SqsClient client, String own) {
    Map<String, String> urls = new TreeMap<>();
    ListQueuesRequest.Builder list = ListQueuesRequest.builder().queueNamePrefix(own);
    // AWS gives no more than 1,000 unless it is asked for pages; a local cloud has no pages, and
    // gives all.
    for (String url :
        client
            .listQueuesPaginator(isAws() ? list.maxResults(1000).build() : list.build())
            .queueUrls()) {
      String name = url.substring(url.lastIndexOf('/') + 1);
      if (name.length() > names().deadLetters("").length() && ResourceNames.isDeadLetters(name)) {
        urls.put(names().agentOfDeadLetters(name), url);
      }
    }
    return urls;
  }

  /** Has the redrive's function do that; its report. */
  public final JsonNode redrive(ObjectNode order) {
    return withClient(
        LambdaClient.builder(), client -> new RedriveFunction(this, client).invoke(order));
  }

  /**
   * Looked for again, for who is asked may take longer to answer than a look may hold letters. Each
   * is kept, and then removed.
   *
   * @param letters their messages' ids
   * @return how many there were
   */
  public final int discard(AgentName agent, Set<String> letters) {
    return withClient(
        S3Client.builder().forcePathStyle(!isAws()),
        s3 ->
            of(
                agent,
                queue -> {
                  DiscardBucketClient kept = DiscardBucketClient.of(s3, names(), queue.arn());
                  try (QueueBrowser look = queue.look()) {
                    int count = 0;
                    for (List<DeadLetter> page = look.page(PAGE_SIZE);
                        !page.isEmpty() && count < letters.size();
                        page = look.page(PAGE_SIZE)) {
                      for (DeadLetter letter :
                          page.stream().filter(one -> letters.contains(one.messageId())).toList()) {
                        kept.keep(agent, letter);
                        queue.delete(letter);
                        count++;
                      }
                    }
                    return count;
                  }
                }));
  }

  /** The queue of one agent, for a question. */
  public final <T> T of(AgentName agent, Function<DeadLetterQueue, T> question) {
    String name = names().deadLetters(agent.value());
    return withClient(
        SqsClient.builder(),
        client -> {
          try {
            return question.apply(
                new DeadLetterQueue(
                    client, client.getQueueUrl(get -> get.queueName(name)).queueUrl()));
          } catch (QueueDoesNotExistException e) {
            // One that left the catalog may have left a queue; without one, the name is wrong.
            DeclaredAgent.require(this, agent);
            throw missingResource("queue " + name, nextCommand("dlq list") + " lists them");
          }
        });
  }
}
