package agentpost.infra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agentpost.infra.catalog.Catalog;
import agentpost.infra.catalog.CatalogException;
import agentpost.infra.catalog.CatalogReader;
import agentpost.infra.catalog.EventsOf;
import agentpost.infra.catalog.ExtensionNames;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.classfile.ClassFile;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.reflect.AccessFlag;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HandlerClassesTest {
  private static final String WEBHOOKS = "agentpost.webhook.WebhookHandler";
  private static final ClassDesc PLATFORM = ClassDesc.of("agentpost.platform.Platform");
  private static final ClassDesc BATCH =
      ClassDesc.of("com.amazonaws.services.lambda.runtime.events.SQSEvent");
  private static final ClassDesc CONTEXT =
      ClassDesc.of("com.amazonaws.services.lambda.runtime.Context");

  @TempDir private Path directory;
  private final Map<String, byte[]> classes = new LinkedHashMap<>();

  /** What the functions' zip has of ours, and some of a user's. */
  @BeforeEach
  void compile() {
    add(WEBHOOKS, "java.lang.Object", "public abstract");
    add("mine.GoodHandler", WEBHOOKS, "public", "new()", "new(Platform)");
    add("mine.BaseHandler", WEBHOOKS, "public abstract", "new(Platform)");
    add("mine.FarHandler", "mine.BaseHandler", "public", "new()", "new(Platform)");
    add("mine.Worker", "java.lang.Object", "public", "new()", "new(Platform)", "handleRequest");
    add("mine.FarWorker", "mine.Worker", "public", "new()", "new(Platform)");
    add("mine.Plain", "java.lang.Object", "public", "new()", "new(Platform)");
    add("mine.Hidden", WEBHOOKS, "", "new()", "new(Platform)");
    add("mine.Silent", WEBHOOKS, "public", "new(Platform)");
    add("mine.Private", WEBHOOKS, "public", "private new()", "new(Platform)");
    add("mine.Alone", WEBHOOKS, "public", "new()");
    add("mine.Contract", "java.lang.Object", "public interface abstract");
    add(
        "mine.Lazy",
        "java.lang.Object",
        "public",
        "new()",
        "new(Platform)",
        "private handleRequest");
  }

  /**
   * @param members constructors and methods, public unless they begin with private
   */
  private void add(String name, String base, String flags, String... members) {
    byte[] bytes =
        ClassFile.of()
            .build(
                ClassDesc.of(name),
                builder -> {
                  builder.withSuperclass(ClassDesc.of(base)).withFlags(flags(flags));
                  for (String member : members) {
                    int access =
                        member.startsWith("private ")
                            ? ClassFile.ACC_PRIVATE
                            : ClassFile.ACC_PUBLIC;
                    switch (member.replace("private ", "")) {
                      case "new()" ->
                          builder.withMethodBody(
                              ConstantDescs.INIT_NAME,
                              MethodTypeDesc.of(ConstantDescs.CD_void),
                              access,
                              code -> code.return_());
                      case "new(Platform)" ->
                          builder.withMethodBody(
                              ConstantDescs.INIT_NAME,
                              MethodTypeDesc.of(ConstantDescs.CD_void, PLATFORM),
                              access,
                              code -> code.return_());
                      default ->
                          builder.withMethodBody(
                              "handleRequest",
                              MethodTypeDesc.of(ConstantDescs.CD_Object, BATCH, CONTEXT),
                              access,
                              code -> code.aconst_null().areturn());
                    }
                  }
                });
    classes.put(name.replace('.', '/') + ".class", bytes);
  }

  private static AccessFlag[] flags(String names) {
    return names.isEmpty()
        ? new AccessFlag[0]
        : List.of(names.split(" ", -1)).stream()
            .map(name -> AccessFlag.valueOf(name.toUpperCase(Locale.ROOT)))
            .toArray(AccessFlag[]::new);
  }

  private Catalog catalog(String yaml) throws IOException {
    return CatalogReader.read(
        Files.writeString(directory.resolve("agents.yaml"), yaml),
        EventsOf.types("user.signed_up"),
        ExtensionNames.of(ExtensionNames.class.getClassLoader()));
  }

  private Catalog agent(String handler) throws IOException {
    return catalog(
        "agents: {one: {subscribes: [user.signed_up], hosted: {handler: " + handler + "}}}");
  }

  private Catalog worker(String handler) throws IOException {
    return catalog(
        "agents: {one: {subscribes: [user.signed_up], hosted: {handler: mine.GoodHandler}}}\n"
            + "processors: {two: {hosted: {handler: "
            + handler
            + ", concurrency: 2}}}");
  }

  /** As the assembly makes it: one jar under lib. */
  private Path zip() throws IOException {
    ByteArrayOutputStream jar = new ByteArrayOutputStream();
    write(jar, classes);
    Path zip = directory.resolve("functions.zip");
    try (OutputStream out = Files.newOutputStream(zip)) {
      write(out, Map.of("lib/all.jar", jar.toByteArray()));
    }
    return zip;
  }

  private static void write(OutputStream out, Map<String, byte[]> entries) throws IOException {
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        zip.putNextEntry(new ZipEntry(entry.getKey()));
        zip.write(entry.getValue());
      }
    }
  }

  private String folder() throws IOException {
    for (Map.Entry<String, byte[]> entry : classes.entrySet()) {
      Path file = directory.resolve("classes").resolve(entry.getKey());
      Files.createDirectories(file.getParent());
      Files.write(file, entry.getValue());
    }
    return directory.resolve("classes").toString();
  }

  @ParameterizedTest
  @ValueSource(strings = {"mine.GoodHandler", "mine.FarHandler"})
  void anAgentsHandlerExtendsOursAtAnyDistance(String handler) throws IOException {
    assertThat(HandlerClasses.problems(agent(handler), zip(), "")).isEmpty();
    assertThat(HandlerClasses.problems(agent(handler), directory.resolve("none.zip"), folder()))
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"mine.Worker", "mine.FarWorker"})
  void aWorkerTakesBatches(String handler) throws IOException {
    assertThat(HandlerClasses.problems(worker(handler), zip(), "")).isEmpty();
    assertThat(HandlerClasses.problems(worker(handler), directory.resolve("none.zip"), folder()))
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        WEBHOOKS
            + " | is abstract, does not extend agentpost.webhook.WebhookHandler, has no public"
            + " constructor without arguments, which Lambda calls, has no public constructor that"
            + " takes a Platform",
        "mine.BaseHandler | is abstract, has no public constructor without arguments, which Lambda"
            + " calls;",
        "mine.Worker | does not extend agentpost.webhook.WebhookHandler;",
        "mine.Plain | does not extend agentpost.webhook.WebhookHandler;",
        "mine.Hidden | is not public;",
        "mine.Silent | has no public constructor without arguments, which Lambda calls;",
        "mine.Private | has no public constructor without arguments, which Lambda calls;",
        "mine.Alone | has no public constructor that takes a Platform, which the local cloud"
            + " calls;",
        "mine.Contract | is an interface, does not extend agentpost.webhook.WebhookHandler,",
      })
  void aClassThatIsNoAgentsHandlerIsRefusedWithTheReason(String handler, String why)
      throws IOException {
    assertThat(HandlerClasses.problems(agent(handler), zip(), ""))
        .singleElement()
        .asString()
        .startsWith("agents.one.hosted.handler: " + handler + " " + why)
        .endsWith(
            "; it must be a public class that can be made, extend agentpost.webhook.WebhookHandler,"
                + " and have both constructors (docs/your-project.md, Writing an agent)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "mine.GoodHandler | does not have a handleRequest that takes an SQSEvent and a Context;",
        "mine.Lazy | does not have a handleRequest that takes an SQSEvent and a Context;",
        "mine.Contract | is an interface, does not have a handleRequest",
      })
  void aClassThatIsNoWorkerIsRefusedWithTheReason(String handler, String why) throws IOException {
    assertThat(HandlerClasses.problems(worker(handler), zip(), ""))
        .singleElement()
        .asString()
        .startsWith("processors.two.hosted.handler: " + handler + " " + why);
  }

  /** Of entries that parsed, whatever else is wrong with the catalog. */
  @Test
  void aMissingClassIsSaidBesideWhatIsWrongElsewhere() throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("agents.yaml"),
            """
            agents:
              one: {subscribes: [user.signed_up], hosted: {handler: mine.Nope}, deny: []}
              two: {subscribes: [user.gone], hosted: {handler: nope}}
              three:
                subscribes: [{event: user.gone, where: {data: {plan: [premium]}}}]
                hosted: {handler: mine.GoodHandler}
            """);
    Path zip = zip();
    assertThatThrownBy(
            () ->
                AgentpostApp.catalog(
                    file.toString(),
                    EventsOf.types("user.signed_up"),
                    ExtensionNames.of(ExtensionNames.class.getClassLoader()),
                    read -> AgentpostApp.handlerProblems(read, zip, "")))
        .isInstanceOf(CatalogException.class)
        .message()
        .satisfies(
            message ->
                assertThat(message.lines().skip(1).map(line -> line.strip().split("[ :]")[0]))
                    .containsExactlyInAnyOrder(
                        "agents.one.deny",
                        "agents.one.hosted.handler",
                        "agents.two.subscribes[0]",
                        "agents.two.hosted.handler",
                        "agents.three.subscribes[0].event"));
  }

  /**
   * A running local cloud's: a class that was added since the zip was made is there, and one that
   * was deleted is not.
   */
  @Test
  void whatWasCompiledSinceTakesTheZipsPlace() throws IOException {
    Catalog both =
        catalog(
            "agents: {one: {subscribes: [user.signed_up], hosted: {handler: mine.GoodHandler}},"
                + " two: {subscribes: [user.signed_up], hosted: {handler: mine.DeletedHandler}}}");
    assertThat(HandlerClasses.problems(both, directory.resolve("asset.0af9.zip"), folder()))
        .containsExactly(
            "agents.two.hosted.handler: there is no class mine.DeletedHandler in functions.zip; its"
                + " package has mine.BaseHandler, mine.FarHandler, mine.GoodHandler");
  }
}
