package agentpost.coordination;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import agentpost.catalog.AgentName;
import agentpost.coordination.QuestionTracker.Reply;
import agentpost.event.CorrelationId;
import agentpost.event.Event;
import agentpost.event.EventId;
import agentpost.testing.Events;
import agentpost.testing.LocalTables;
import agentpost.testing.MovableClock;
import agentpost.testing.PlannedEvents;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class QuestionTrackerTest {
  private static final AgentName AGENT = new AgentName("tailor");
  private static final Duration ANSWER_TIMEOUT = Duration.ofHours(1);
  private final LocalTables tables = new LocalTables();
  private final MovableClock clock = new MovableClock(Events.SIGNED_UP);
  private final PlannedEvents planned = new PlannedEvents();
  private final QuestionTracker questions =
      new QuestionTracker(
          AGENT,
          new DynamoAgentMemory(tables.client(), LocalTables.AGENT_STATE, AGENT, clock),
          new AgentDeadlines(AGENT, planned, clock),
          clock);
  private final Event order = Events.event("order-1", "suit.ordered", "shop", "{'customer':'c-1'}");

  @AfterEach
  void close() {
    tables.close();
  }

  private Event ask(ObjectNode otherwise, String... fields) {
    return questions.ask(
        order,
        new QuestionTracker.Question(
            List.of(fields),
            new Subject("customer", "c-1"),
            new AgentName("measurer"),
            clock.instant().plus(ANSWER_TIMEOUT),
            otherwise));
  }

  private Event ask(String... fields) {
    return ask(Events.json("{'size':'M'}"), fields);
  }

  private static Event answer(String id, String values) {
    return Events.event(
        id,
        "information.provided",
        "measurer",
        "{'about':{'type':'customer','id':'c-1'},'basis':'measured','values':" + values + "}");
  }

  private Reply deadline() {
    return questions.deadline(planned.events().getFirst());
  }

  @Test
  void aQuestionSaysWhatAboutWhatFromWhomUntilWhenAndWhatOtherwise() {
    Event requested = ask("size");
    Events.assertPublic(requested, order);
    assertEquals(
        Events.json(
            "{'fields':['size'],'about':{'type':'customer','id':'c-1'},'from':'measurer','until':'2026-03-31T11:30:00Z','otherwise':{'size':'M'}}"),
        requested.data());
    Events.assertPublic(planned.events().getFirst(), order);
    assertEquals(List.of(Instant.parse("2026-03-31T11:30:00Z")), planned.times());
  }

  @Test
  void anAnswerGoesOnWithTheEventThatCouldNotBeHandled() {
    ask("size");
    Reply.Settled settled =
        assertInstanceOf(Reply.Settled.class, questions.onAnswer(answer("a-1", "{'size':'L'}")));
    assertEquals(order, settled.cause());
    assertEquals(Events.json("{'size':'L'}"), settled.values());
    assertEquals("measurer answered: measured", settled.basis());
  }

  @Test
  void crashesChangeNothing() {
    Event requested = Crashes.everywhere(tables, () -> ask("size"));
    assertEquals(requested.id(), ask("size").id());
    assertInstanceOf(
        Reply.Settled.class,
        Crashes.everywhere(tables, () -> questions.onAnswer(answer("a-1", "{'size':'L'}"))));
  }

  @Test
  void aCrashInTheDeadlineChangesNothing() {
    ask("size");
    assertInstanceOf(Reply.Settled.class, Crashes.everywhere(tables, this::deadline));
  }

  @Test
  void theSecondAnswerAndTheDeadlineAfterItFindNothingToDo() {
    ask("size");
    questions.onAnswer(answer("a-1", "{'size':'L'}"));
    assertEquals(
        new Reply.Nothing("settled already"), questions.onAnswer(answer("a-2", "{'size':'S'}")));
    assertEquals(new Reply.Nothing("settled already"), deadline());
  }

  @Test
  void whenNobodyAnswersItGoesOnWithTheDefault() {
    ask("size");
    Reply.Settled settled = assertInstanceOf(Reply.Settled.class, deadline());
    assertEquals(order, settled.cause());
    assertEquals(Events.json("{'size':'M'}"), settled.values());
    assertEquals("default: nobody answered by 2026-03-31T11:30:00Z", settled.basis());
    assertEquals(
        new Reply.Nothing("settled already"),
        questions.onAnswer(answer("a-1", "{'size':'L'}")),
        "too late");
  }

  @Test
  void whenNobodyAnswersAndThereIsNoDefaultItIsUnanswered() {
    ask(Events.json("{}"), "size", "colour");
    questions.onAnswer(answer("a-1", "{'size':'L'}"));
    assertEquals(new Reply.Unanswered(order, List.of("colour")), deadline());
  }

  @Test
  void severalMayEachBringAPart() {
    ask("size", "colour");
    assertEquals(
        new Reply.Nothing("still waits for colour"),
        questions.onAnswer(answer("a-1", "{'size':'L'}")));
    Reply.Settled settled =
        assertInstanceOf(
            Reply.Settled.class, questions.onAnswer(answer("a-2", "{'size':'S','colour':'blue'}")));
    assertEquals(
        Events.json("{'size':'L','colour':'blue'}"),
        settled.values(),
        "the first to bring a field counts");
  }

  @Test
  void aStrangersAnswerIsNone() {
    ask("size");
    Event stranger =
        Events.event(
            "a-0",
            "information.provided",
            "stranger",
            "{'about':{'type':'customer','id':'c-1'},'values':{'size':'XXL'}}");
    assertEquals(new Reply.Nothing("still waits for size"), questions.onAnswer(stranger));
    Reply.Settled settled =
        assertInstanceOf(Reply.Settled.class, questions.onAnswer(answer("a-1", "{'size':'L'}")));
    assertEquals(Events.json("{'size':'L'}"), settled.values());
  }

  private static Event about(String id, List<String> question) {
    Event event =
        Events.event(
            id,
            "information.provided",
            "measurer",
            "{'about':{'type':'"
                + question.get(1)
                + "','id':'"
                + question.get(2)
                + "'},'values':{'size':'S'}}");
    return new Event(
        event.id(),
        event.type(),
        event.timestamp(),
        event.data(),
        new Event.Metadata("measurer", new CorrelationId(question.get(0)), Optional.empty(), 1));
  }

  /**
   * The property: a question is settled by an answer under its own correlation id and about its own
   * thing, whatever characters are in them.
   */
  @Test
  void noAnswerIsAnotherQuestions() {
    Random random = new Random(20);
    for (int i = 0; i < 300; i++) {
      int round = i;
      List<List<String>> two =
          Stream.generate(
                  () ->
                      Stream.of(round + "", "", "")
                          .map(
                              start ->
                                  start
                                      + random
                                          .ints(1 + random.nextInt(3), 0, 2)
                                          .mapToObj(n -> n == 0 ? "#" : "a")
                                          .collect(Collectors.joining()))
                          .toList())
              .limit(2)
              .toList();
      Event cause = about("q-" + i, two.getFirst());
      questions.ask(
          cause,
          new QuestionTracker.Question(
              List.of("size"),
              Subject.of(cause),
              new AgentName("measurer"),
              clock.instant().plus(ANSWER_TIMEOUT),
              Events.json("{}")));
      Reply reply = questions.onAnswer(about("a-" + i, two.getLast()));
      assertEquals(
          two.getFirst().equals(two.getLast()), reply instanceof Reply.Settled, two::toString);
    }
  }

  @Test
  void askedAgainAfterACrashLaterTheQuestionIsTheSame() {
    Event first = ask("size");
    clock.move(Duration.ofMinutes(5));
    Event second = ask("size");
    assertEquals(first.id(), second.id());
    assertEquals(first.data(), second.data());
    assertEquals(1, planned.events().size());
  }

  @Test
  void whatNobodyAskedIsNothingToGoOnWith() {
    assertEquals(
        new Reply.Nothing("nothing was asked about this"),
        questions.onAnswer(answer("a-1", "{'size':'L'}")));
    ask("size");
    Event other =
        Events.event(
            "a-2",
            "information.provided",
            "measurer",
            "{'about':{'type':'customer','id':'c-2'},'values':{'size':'L'}}");
    assertEquals(new Reply.Nothing("nothing was asked about this"), questions.onAnswer(other));
    Event deadline = planned.events().getFirst();
    Event foreign =
        new Event(
            new EventId("d-2"),
            deadline.type(),
            deadline.timestamp(),
            deadline.data().deepCopy().put("agent", "cobbler"),
            deadline.metadata());
    assertEquals(new Reply.Nothing("a deadline of something else"), questions.deadline(foreign));
  }
}
