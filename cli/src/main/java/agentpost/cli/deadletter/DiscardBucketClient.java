package agentpost.cli.deadletter;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.catalog.AgentName;
import agentpost.catalog.ResourceNames;
import agentpost.cli.terminal.CommandFailure;
import agentpost.deadletter.DeadLetter;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.NoSuchBucketException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * The bucket where discarded letters are kept, by agent, day and message. The day is the one on
 * which EventBridge gave up, so that the same letter has the same key whenever it is discarded.
 *
 * @param account that the bucket must belong to: its name alone could be anyone's
 */
record DiscardBucketClient(S3Client client, String bucket, String account) {
  private static final DateTimeFormatter DAY =
      DateTimeFormatter.ofPattern("yyyy/MM/dd", Locale.ROOT).withZone(ZoneOffset.UTC);

  /**
   * @param queueArn of the queue that the letters are in
   */
  static DiscardBucketClient of(S3Client client, ResourceNames names, String queueArn) {
    List<String> parts = List.of(queueArn.split(":", -1));
    if (parts.size() != 6) {
      throw new CommandFailure("the queue's ARN is not one: " + queueArn);
    }
    return new DiscardBucketClient(
        client, names.discardBucket(parts.get(4), parts.get(3)), parts.get(4));
  }

  /** Keeps one; when this returns it is there. */
  void keep(AgentName agent, DeadLetter letter) {
    String key = agent + "/" + DAY.format(letter.sentAt()) + "/" + letter.messageId() + ".json";
    try {
      client.putObject(
          put ->
              put.bucket(bucket)
                  .key(key)
                  .expectedBucketOwner(account)
                  .contentType("application/json"),
          RequestBody.fromBytes(DeadLetterFile.text(letter).getBytes(UTF_8)));
    } catch (NoSuchBucketException e) {
      throw new CommandFailure(
          "there is no bucket "
              + bucket
              + " to keep it in, so "
              + letter.eventId()
              + " is not discarded; deploy the stack, which makes it");
    } catch (S3Exception e) {
      throw new CommandFailure(
          letter.eventId()
              + " is not discarded, since "
              + bucket
              + " did not take it: "
              + e.getMessage());
    }
  }
}
