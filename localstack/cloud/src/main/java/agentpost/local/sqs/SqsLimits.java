package agentpost.local.sqs;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.local.policy.Policy;
import agentpost.local.wire.AwsException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Base64;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What SQS refuses, in its words (SQS developer guide, "Amazon SQS message quotas" and "standard
 * queue quotas"; API reference).
 */
final class SqsLimits {
  private static final JsonMapper JSON = new JsonMapper();
  static final int MAX_MESSAGE_BYTES = 1024 * 1024;
  private static final int MIN_MESSAGE_SIZE_LIMIT = 1024;
  private static final int MAX_ENTRIES = 10;
  private static final int MAX_ATTRIBUTES = 10;
  private static final int MAX_DELAY_SECONDS = 900;
  private static final int MAX_WAIT_SECONDS = 20;
  private static final int MAX_VISIBILITY_SECONDS = 43_200;
  private static final int MIN_RETENTION_SECONDS = 60;
  private static final int MAX_RETENTION_SECONDS = 1_209_600;
  private static final String SQS = "AWS.SimpleQueueService.";
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,80}");
  private static final Pattern FIFO_NAME = Pattern.compile("[A-Za-z0-9_-]{1,75}\\.fifo");
  private static final Pattern ENTRY_ID = Pattern.compile("[A-Za-z0-9_-]{1,80}");
  private static final Pattern GROUP = Pattern.compile("[\\x21-\\x7e]{1,128}");
  private static final Pattern ATTRIBUTE_NAME =
      Pattern.compile("(?!(?i:aws|amazon)\\.)(?!\\.)(?!.*\\.\\.)[A-Za-z0-9_.-]{1,256}(?<!\\.)");
  private static final Pattern DATA_TYPE = Pattern.compile("(String|Number|Binary)(\\..{1,249})?");
  private static final Pattern NUMBER =
      Pattern.compile("[+-]?[0-9]{1,38}(\\.[0-9]{1,38})?([eE][+-]?[0-9]{1,3})?");

  /** Whole numbers, from and to. */
  private static final Map<String, int[]> RANGES =
      Map.of(
          "DelaySeconds", new int[] {0, MAX_DELAY_SECONDS},
          "MaximumMessageSize", new int[] {MIN_MESSAGE_SIZE_LIMIT, MAX_MESSAGE_BYTES},
          "MessageRetentionPeriod", new int[] {MIN_RETENTION_SECONDS, MAX_RETENTION_SECONDS},
          "ReceiveMessageWaitTimeSeconds", new int[] {0, MAX_WAIT_SECONDS},
          "VisibilityTimeout", new int[] {0, MAX_VISIBILITY_SECONDS});

  private static final Set<String> BOOLEANS =
      Set.of("FifoQueue", "ContentBasedDeduplication", "SqsManagedSseEnabled");

  /** Known on AWS, and nothing here acts on them. */
  private static final Set<String> UNSUPPORTED =
      Set.of(
          "KmsMasterKeyId",
          "KmsDataKeyReusePeriodSeconds",
          "RedriveAllowPolicy",
          "DeduplicationScope",
          "FifoThroughputLimit");

  private static final Set<String> READ_ONLY =
      Set.of(
          "All",
          "Policy",
          "RedrivePolicy",
          "ApproximateNumberOfMessages",
          "ApproximateNumberOfMessagesNotVisible",
          "ApproximateNumberOfMessagesDelayed",
          "CreatedTimestamp",
          "LastModifiedTimestamp",
          "QueueArn");

  private SqsLimits() {}

  /** Whether GetQueueAttributes knows it. */
  static boolean isAttribute(String name) {
    return RANGES.containsKey(name)
        || BOOLEANS.contains(name)
        || UNSUPPORTED.contains(name)
        || READ_ONLY.contains(name);
  }

  /**
   * @param largest message that the queue takes
   */
  static void check(String operation, ObjectNode input, int largest) {
    switch (operation) {
      case "CreateQueue" -> {
        name(
            input.path("QueueName").asText(),
            input.path("Attributes").path("FifoQueue").asText().equals("true"));
        attributes(input.path("Attributes"));
      }
      case "SetQueueAttributes" -> {
        attributes(input.path("Attributes"));
        if (input.path("Attributes").has("FifoQueue")) {
          throw AwsException.badRequest("InvalidAttributeName", "Unknown Attribute FifoQueue.");
        }
      }
      case "SendMessage" -> {
        requireBody(input);
        requireMessage(input, largest);
      }
      case "SendMessageBatch" -> {
        batch(input, "SendMessageBatchRequestEntry");
        input.path("Entries").forEach(SqsLimits::requireBody);
        long all = input.path("Entries").valueStream().mapToLong(SqsLimits::size).sum();
        if (all > MAX_MESSAGE_BYTES) {
          throw AwsException.badRequest(
              SQS + "BatchRequestTooLong",
              "Batch requests cannot be longer than "
                  + MAX_MESSAGE_BYTES
                  + " bytes. You have sent "
                  + all
                  + " bytes.");
        }
      }
      case "DeleteMessageBatch" -> batch(input, "DeleteMessageBatchRequestEntry");
      case "ChangeMessageVisibilityBatch" ->
          batch(input, "ChangeMessageVisibilityBatchRequestEntry");
      case "ChangeMessageVisibility" -> requireVisibility(input);
      case "ReceiveMessage" -> receive(input);
      default -> {}
    }
  }

  private static void name(String name, boolean isFifo) {
    if (!(isFifo ? FIFO_NAME : NAME).matcher(name).matches()) {
      throw value(
          isFifo
              ? "The name of a FIFO queue can only include alphanumeric characters, hyphens, or"
                  + " underscores, must end with .fifo suffix and be 1 to 80 in length."
              : "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in"
                  + " length");
    }
  }

  private static AwsException value(String why) {
    return AwsException.badRequest("InvalidParameterValue", why);
  }

  private static void range(JsonNode input, String name, int from, int to, String reason) {
    if (input.hasNonNull(name)
        && (input.path(name).asInt() < from || input.path(name).asInt() > to)) {
      throw value(
          "Value "
              + input.path(name).asText()
              + " for parameter "
              + name
              + " is invalid. Reason: "
              + reason);
    }
  }

  private static void attributes(JsonNode attributes) {
    for (var attribute : attributes.properties()) {
      String name = attribute.getKey();
      String value = attribute.getValue().asText();
      if (UNSUPPORTED.contains(name)) {
        throw AwsException.badRequest(
            "InvalidAttributeName", "The local cloud does not support the attribute " + name + ".");
      }
      boolean isFine =
          RANGES.containsKey(name)
              ? isBetween(value, RANGES.get(name))
              : BOOLEANS.contains(name)
                  ? value.equals("true") || value.equals("false")
                  : isDocument(name, value);
      if (!isFine) {
        throw AwsException.badRequest(
            "InvalidAttributeValue", "Invalid value for the parameter " + name + ".");
      }
    }
  }

  private static boolean isBetween(String value, int[] range) {
    return value.matches("[0-9]{1,9}")
        && Integer.parseInt(value) >= range[0]
        && Integer.parseInt(value) <= range[1];
  }

  /** An empty one takes away what there is. */
  private static boolean isDocument(String name, String value) {
    if (!name.equals("Policy") && !name.equals("RedrivePolicy")) {
      throw AwsException.badRequest("InvalidAttributeName", "Unknown Attribute " + name + ".");
    }
    try {
      JsonNode document = JSON.readTree(value);
      return value.isEmpty()
          || (name.equals("Policy") ? isPolicy(document) : isRedrivePolicy(document));
    } catch (JsonProcessingException e) {
      return false;
    }
  }

  /**
   * @throws AwsException saying what of it is wrong, or what the local cloud would not keep to
   */
  private static boolean isPolicy(JsonNode policy) {
    try {
      return !Policy.ofResource(policy).statements().isEmpty();
    } catch (IllegalArgumentException e) {
      throw AwsException.badRequest(
          "InvalidAttributeValue",
          "Invalid value for the parameter Policy. Reason: " + e.getMessage() + ".");
    }
  }

  private static boolean isRedrivePolicy(JsonNode policy) {
    return policy
            .path("deadLetterTargetArn")
            .asText()
            .matches("arn:aws:sqs:us-east-1:000000000000:[A-Za-z0-9_-]{1,80}(\\.fifo)?")
        && isBetween(policy.path("maxReceiveCount").asText(), new int[] {1, 1000});
  }

  private static void batch(ObjectNode input, String entry) {
    JsonNode entries = input.path("Entries");
    if (entries.isEmpty()) {
      throw AwsException.badRequest(
          SQS + "EmptyBatchRequest", "There should be at least one " + entry + " in the request.");
    }
    if (entries.size() > MAX_ENTRIES) {
      throw AwsException.badRequest(
          SQS + "TooManyEntriesInBatchRequest",
          "Maximum number of entries per request are "
              + MAX_ENTRIES
              + ". You have sent "
              + entries.size()
              + ".");
    }
    Set<String> ids = new HashSet<>();
    for (JsonNode one : entries) {
      String id = one.path("Id").asText();
      if (!ENTRY_ID.matcher(id).matches()) {
        throw AwsException.badRequest(
            SQS + "InvalidBatchEntryId",
            "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It"
                + " can be at most 80 letters long.");
      }
      if (!ids.add(id)) {
        throw AwsException.badRequest(SQS + "BatchEntryIdsNotDistinct", "Id " + id + " repeated.");
      }
    }
  }

  /**
   * @throws AwsException saying why it is none
   */
  static void requireVisibility(JsonNode input) {
    range(
        input,
        "VisibilityTimeout",
        0,
        MAX_VISIBILITY_SECONDS,
        "VisibilityTimeout must be an integer between 0 and " + MAX_VISIBILITY_SECONDS + ".");
  }

  private static void receive(ObjectNode input) {
    range(input, "MaxNumberOfMessages", 1, 10, "Must be between 1 and 10, if provided.");
    range(
        input,
        "WaitTimeSeconds",
        0,
        MAX_WAIT_SECONDS,
        "Must be >= 0 and <= " + MAX_WAIT_SECONDS + ", if provided.");
    requireVisibility(input);
  }

  private static void requireBody(JsonNode message) {
    if (message.path("MessageBody").asText().isEmpty()) {
      throw AwsException.badRequest(
          "MissingParameter", "The request must contain the parameter MessageBody.");
    }
  }

  /**
   * @throws AwsException saying what of it the queue does not take
   */
  static void requireMessage(JsonNode input, int largest) {
    characters(input.path("MessageBody").asText());
    range(
        input,
        "DelaySeconds",
        0,
        MAX_DELAY_SECONDS,
        "DelaySeconds must be >= 0 and <= " + MAX_DELAY_SECONDS + ".");
    for (String id : new String[] {"MessageGroupId", "MessageDeduplicationId"}) {
      if (input.hasNonNull(id) && !GROUP.matcher(input.path(id).asText()).matches()) {
        throw value(
            "Value "
                + input.path(id).asText()
                + " for parameter "
                + id
                + " is invalid. Reason: "
                + id
                + " can only include alphanumeric and punctuation characters. 1 to 128 in length.");
      }
    }
    if (input.path("MessageAttributes").size() > MAX_ATTRIBUTES) {
      throw value(
          "Number of message attributes ["
              + input.path("MessageAttributes").size()
              + "] exceeds the allowed maximum ["
              + MAX_ATTRIBUTES
              + "].");
    }
    input
        .path("MessageAttributes")
        .properties()
        .forEach(attribute -> attribute(attribute.getKey(), attribute.getValue()));
    if (size(input) > largest) {
      throw value(
          "One or more parameters are invalid. Reason: Message must be shorter than "
              + largest
              + " bytes.");
    }
  }

  private static void attribute(String name, JsonNode attribute) {
    String type = attribute.path("DataType").asText();
    if (!ATTRIBUTE_NAME.matcher(name).matches()) {
      throw value(
          "Message (user) attribute name '"
              + name
              + "' is invalid. It can contain A-Z, a-z, 0-9, underscores, hyphens and dots, not at"
              + " an end or twice, no prefix AWS. or Amazon., up to 256.");
    }
    if (!DATA_TYPE.matcher(type).matches()) {
      throw value(
          "The message attribute '"
              + name
              + "' has an invalid message attribute type, the set of supported type prefixes is"
              + " Binary, Number, and String.");
    }
    if (attribute.has("StringListValues") || attribute.has("BinaryListValues")) {
      throw AwsException.badRequest(
          SQS + "UnsupportedOperation",
          "Message attribute list values in SendMessage operation are not supported.");
    }
    String value =
        attribute.path(type.startsWith("Binary") ? "BinaryValue" : "StringValue").asText("");
    if (value.isEmpty()) {
      throw value(
          "The message attribute '"
              + name
              + "' must contain a non-empty message attribute value for message attribute type '"
              + type
              + "'.");
    }
    if (type.startsWith("Binary") && !isBase64(value)) {
      throw value("The value of message (user) attribute '" + name + "' is not base64.");
    }
    if (type.startsWith("Number") && !NUMBER.matcher(value).matches()) {
      throw value("Can't cast the value of message (user) attribute '" + name + "' to a number.");
    }
    characters(value);
  }

  private static boolean isBase64(String value) {
    try {
      return Base64.getDecoder().decode(value).length > 0;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static void characters(String text) {
    boolean isFine =
        text.codePoints()
            .allMatch(
                c ->
                    c == 0x9
                        || c == 0xA
                        || c == 0xD
                        || (c >= 0x20 && c <= 0xD7FF)
                        || (c >= 0xE000 && c <= 0xFFFD)
                        || c >= 0x10000);
    if (!isFine) {
      throw AwsException.badRequest(
          "InvalidMessageContents",
          "Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF"
              + " | #xE000 to #xFFFD | #x10000 to #x10FFFF");
    }
  }

  /** Of the body and the attributes: names, types and values. */
  private static long size(JsonNode message) {
    long size = bytes(message.path("MessageBody").asText());
    for (var attribute : message.path("MessageAttributes").properties()) {
      JsonNode value = attribute.getValue();
      long binary = value.path("BinaryValue").asText().length() / 4L * 3;
      size +=
          bytes(attribute.getKey())
              + bytes(value.path("DataType").asText())
              + bytes(value.path("StringValue").asText())
              + binary;
    }
    return size;
  }

  private static long bytes(String text) {
    return text.getBytes(UTF_8).length;
  }
}
