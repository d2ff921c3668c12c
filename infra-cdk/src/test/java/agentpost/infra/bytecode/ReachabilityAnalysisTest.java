package agentpost.infra.bytecode;

import static org.assertj.core.api.Assertions.assertThat;

import agentpost.platform.Environment;
import agentpost.platform.Platform;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.GetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.sqs.SqsClient;

/** What is found in handlers that go about it in different ways. */
class ReachabilityAnalysisTest {
  private static List<String> uses(Class<?> handler) {
    return ReachabilityAnalysis.from(handler.getName()).uses().stream()
        .map(ReachabilityAnalysisTest::text)
        .sorted()
        .toList();
  }

  private static String text(AwsUse use) {
    return use.service()
        + ":"
        + use.operation()
        + " "
        + use.settings()
        + (use.texts().containsKey("indexName") ? " " + use.texts().get("indexName") : "");
  }

  /** A store whose method nobody calls is no use of it. */
  private static final class Store {
    private final DynamoDbClient client;
    private final String table;

    Store(DynamoDbClient client, String table) {
      this.client = client;
      this.table = table;
    }

    void put() {
      client.putItem(put -> put.tableName(table));
    }

    void delete() {
      client.deleteItem(delete -> delete.tableName(table));
    }
  }

  static final class Plain {
    private final Store store;

    Plain() {
      Platform platform = Platform.lambda();
      Environment environment = Environment.require(platform.environment(), "TABLE", "OTHER");
      store = new Store(platform.aws().create(DynamoDbClient.builder()), environment.get("TABLE"));
      if (environment.get("OTHER").isEmpty()) {
        store.put();
      }
    }
  }

  @Test
  void whatIsCalledIsFoundAndWhatIsNotIsNot() {
    assertThat(uses(Plain.class)).containsExactly("dynamodb:PutItem {tableName=[TABLE]}");
  }

  interface Door {
    void open();
  }

  static final class Left implements Door {
    @Override
    public void open() {
      new Store(DynamoDbClient.create(), System.getenv().getOrDefault("LEFT", "")).put();
    }
  }

  static final class Right implements Door {
    @Override
    public void open() {
      new Store(DynamoDbClient.create(), "constant").delete();
    }
  }

  static final class ByInterface {
    ByInterface() {
      List<Door> doors = new ArrayList<>();
      doors.add(new Left());
      doors.forEach(Door::open);
    }
  }

  @Test
  void anInterfacesMethodIsThatOfWhatIsMade() {
    assertThat(uses(ByInterface.class)).containsExactly("dynamodb:PutItem {tableName=[LEFT]}");
  }

  static final class Callback implements Callable<String> {
    private final String queue;

    Callback() {
      queue =
          Optional.ofNullable(System.getenv("IGNORED"))
              .orElse(Environment.require(Map.of()).get("QUEUE"));
    }

    @Override
    public String call() {
      return SqsClient.create().sendMessage(send -> send.queueUrl(queue + "/x")).messageId();
    }
  }

  @Test
  void whatALibraryCallsBackIsFound() {
    assertThat(uses(Callback.class)).containsExactly("sqs:SendMessage {queueUrl=[QUEUE]}");
  }

  static final class Composed {
    Composed() {
      Environment environment = Environment.require(Map.of());
      SqsClient client = SqsClient.create();
      Function<String, String> named =
          name -> environment.get("PREFIX") + name + environment.get("SUFFIX");
      String url = client.getQueueUrl(get -> get.queueName(named.apply("a"))).queueUrl();
      client.receiveMessage(receive -> receive.queueUrl(url));
    }
  }

  @Test
  void aNameThatIsPutTogetherIsWhatItBeginsWithAndAQueuesAddressIsItsName() {
    assertThat(uses(Composed.class))
        .containsExactly(
            "sqs:GetQueueUrl {queueName=[PREFIX]}", "sqs:ReceiveMessage {queueUrl=[PREFIX]}");
  }

  static final class Requests {
    Requests() {
      Environment environment = Environment.require(Map.of());
      DynamoDbClient client = DynamoDbClient.create();
      GetItemRequest.Builder get = GetItemRequest.builder();
      get.tableName(environment.get("READ"));
      Function<GetItemRequest, Object> send = client::getItem;
      Object _ = send.apply(get.build());
      client.transactWriteItems(
          write ->
              write.transactItems(
                  TransactWriteItem.builder()
                      .conditionCheck(check -> check.tableName(environment.get("CHECKED")))
                      .build(),
                  TransactWriteItem.builder()
                      .update(update -> update.tableName(environment.get("UPDATED")))
                      .build()));
      client
          .queryPaginator(query -> query.tableName(environment.get("READ")).indexName("by-time"))
          .items()
          .forEach(_ -> {});
      client.listTables();
    }
  }

  @Test
  void methodReferencesTransactionsPaginatorsAndIndexesAreFound() {
    assertThat(uses(Requests.class))
        .containsExactly(
            "dynamodb:ConditionCheckItem {tableName=[CHECKED]}",
            "dynamodb:GetItem {tableName=[READ]}",
            "dynamodb:ListTables {}",
            "dynamodb:Query {tableName=[READ]} [by-time]",
            "dynamodb:UpdateItem {tableName=[UPDATED]}");
  }

  static final class Made {
    static <T> T made(UnaryOperator<T> how, T of) {
      return how.apply(of);
    }

    Made() {
      Environment environment = Environment.require(Map.of());
      String read = made(name -> name, environment.get("READ"));
      String written = made(name -> name, environment.get("WRITTEN"));
      DynamoDbClient client = DynamoDbClient.create();
      client.getItem(get -> get.tableName(read));
      client.putItem(put -> put.tableName(written));
    }
  }

  @Test
  void whatMakesThingsForManyDoesNotMixThemUp() {
    assertThat(uses(Made.class))
        .containsExactly(
            "dynamodb:GetItem {tableName=[READ]}", "dynamodb:PutItem {tableName=[WRITTEN]}");
  }
}
