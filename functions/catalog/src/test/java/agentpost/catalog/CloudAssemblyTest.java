package agentpost.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A root with one nested stack, as the CDK writes them. */
class CloudAssemblyTest {
  @TempDir private Path folder;

  @BeforeEach
  void write() throws IOException {
    write(
        "manifest.json",
        "{'artifacts':{'a':{'properties':{'requiresBootstrapStackVersion':6}},'b':{'properties':{}}}}");
    write(
        "agentpost.assets.json",
        "{'files':{'0a1b':{'source':{'path':'agentpostcrm.nested.template.json'}},'2c':{'source':{'path':'asset.2c.zip'}}}}");
    write(
        "agentpost.template.json",
        "{'Resources':{'Crm':{'Type':'AWS::CloudFormation::Stack','Properties':{'TemplateURL':{'Fn::Join':['',['https://',{'Ref':'AWS::Region'},'/0a1b.json']]}}},"
            + "'Archive':{'Type':'AWS::Events::Archive'},"
            + "'Table':{'Type':'AWS::DynamoDB::Table','DeletionPolicy':'RetainExceptOnCreate'}}}");
    write(
        "agentpostcrm.nested.template.json",
        "{'Resources':{'Rule':{'Type':'AWS::Events::Rule','Properties':{'EventBusName':'agentpost'}},"
            + "'Minute':{'Type':'AWS::Events::Rule','Properties':{}},"
            + "'One':{'Type':'AWS::Lambda::Function','Properties':{'ReservedConcurrentExecutions':20}},"
            + "'Two':{'Type':'AWS::Lambda::Function','Properties':{}}}}");
  }

  private void write(String name, String text) throws IOException {
    Files.writeString(folder.resolve(name), text.replace('\'', '"'));
  }

  @Test
  void aNestedStackHasItsTemplateByItsAddress() throws IOException {
    CloudAssembly assembly = CloudAssembly.read(folder);
    assertEquals("agentpost", assembly.root().name());
    CloudAssembly.Resource crm =
        assembly.resources("AWS::CloudFormation::Stack").findFirst().orElseThrow();
    assertEquals("agentpostcrm.nested", assembly.nested(crm).orElseThrow().name());
    assertThat(assembly.resources().filter(CloudAssembly.Resource::isRetained))
        .extracting(CloudAssembly.Resource::logicalId)
        .containsExactly("Table");
    assertEquals(6, assembly.bootstrapVersion());
  }

  @Test
  void whatAQuotaLimitsIsCounted() throws IOException {
    CloudAssembly assembly = CloudAssembly.read(folder);
    assertEquals(2, AccountQuota.RULES.use(assembly), "the rule on the bus, the archive's own");
    assertEquals(2, AccountQuota.STACKS.use(assembly), "itself among them");
    Files.write(folder.resolve("asset.2c.zip"), new byte[11]);
    assertEquals(22, CloudAssembly.read(folder).codeBytes(), "each function has all of it");
    assertEquals(120, AccountQuota.CONCURRENT_EXECUTIONS.use(assembly), "and the last hundred");
    assertEquals(0, AccountQuota.VPCS.use(assembly));
  }

  @Test
  void whoReservesNothingNeedsNoConcurrency() throws IOException {
    write("agentpostcrm.nested.template.json", "{'Resources':{}}");
    assertEquals(0, AccountQuota.CONCURRENT_EXECUTIONS.use(CloudAssembly.read(folder)));
  }
}
