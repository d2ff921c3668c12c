package agentpost.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.cli.cloud.CloudOptions;
import agentpost.cli.deployment.FakeAccount;
import agentpost.cli.deployment.Finding;
import agentpost.cli.project.CdkOut;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

class RegistryCheckTest {
  private static final String SCHEMA = "/v1/registries/name/agentpost/schemas/name/order.placed@1";

  @TempDir private Path directory;
  private FakeAccount account;

  @BeforeEach
  void start() throws IOException {
    account = new FakeAccount();
  }

  @AfterEach
  void stop() {
    account.close();
  }

  private Finding check() throws IOException {
    Files.writeString(
        directory.resolve("agentpost.template.json"),
        """
        {"Resources":{"S":{"Type":"AWS::EventSchemas::Schema","Properties":{
          "SchemaName":"order.placed@1","Content":"{\\"title\\":\\"Placed\\",\\"type\\":1}"}}}}\
        """);
    CloudOptions place = new CloudOptions();
    CommandSpec spec = CommandSpec.create();
    spec.addMixin("place", CommandSpec.forAnnotatedObject(place));
    new CommandLine(spec).parseArgs("--endpoint-url", account.url());
    return RegistryCheck.of(place, CdkOut.read(directory)).run(place).getFirst();
  }

  @Test
  void whatIsRegisteredAsItIsIsWell() throws IOException {
    account.answers(SCHEMA, "{'Content':'{\\'type\\':1, \\'title\\':\\'Placed\\'}'}");
    assertEquals(Finding.ok("schema registry", "has all 1 schemas as they are"), check());
  }

  @Test
  void whatIsOlderOrNotThereIsBehind() throws IOException {
    account.answers(SCHEMA, "{'Content':'{}'}");
    assertThat(check().text()).isEqualTo("is behind the project: order.placed@1");
    account.refuses(SCHEMA, "NotFoundException", "no such schema");
    assertThat(check().text()).isEqualTo("is behind the project: order.placed@1");
    assertThat(check().commands().getFirst()).contains(" deploy");
  }

  @Test
  void whatMayNotBeReadIsBroken() throws IOException {
    account.denies(SCHEMA);
    assertThat(check().text()).isEqualTo("could not read it: needs schemas:DescribeSchema");
  }
}
