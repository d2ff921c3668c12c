package agentpost.infra;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.cdklabs.cdknag.AwsSolutionsChecks;
import io.github.cdklabs.cdknag.NagPackProps;
import io.github.cdklabs.cdknag.NagReportFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awscdk.Aspects;

/**
 * cdk-nag's AWS Solutions pack, by its reports: one for the stack, one for each agent's, and those
 * of operations, with the workflow, of ingest, of alerts and of secrets.
 */
class NagTest {
  @Test
  void hasNoFindingWithoutAnExplanation(@TempDir Path directory) throws IOException {
    Synthesized stack =
        Synthesized.of(
            directory,
            Files.writeString(
                directory.resolve("mixed.yaml"),
                Synthesized.MIXED + DoorsTest.DOORS + "canary: {}\n"),
            Map.of("workflow", "true"),
            app ->
                Aspects.of(app)
                    .add(
                        new AwsSolutionsChecks(
                            NagPackProps.builder()
                                .reports(true)
                                .reportFormats(List.of(NagReportFormat.JSON))
                                .build())));
    List<JsonNode> findings = new ArrayList<>();
    List<Path> reports;
    try (Stream<Path> files = Files.list(stack.directory())) {
      reports = files.filter(file -> file.toString().endsWith("-NagReport.json")).toList();
    }
    for (Path report : reports) {
      new JsonMapper().readTree(Files.readAllBytes(report)).path("lines").forEach(findings::add);
    }
    assertThat(reports).hasSize(7 + stack.catalog().agents().size());
    assertThat(findings)
        .isNotEmpty()
        .allSatisfy(
            finding -> {
              assertThat(finding.path("compliance").asText())
                  .as(finding.toString())
                  .isIn("Compliant", "Suppressed");
              if (finding.path("compliance").asText().equals("Suppressed")) {
                assertThat(finding.path("exceptionReason").asText())
                    .as(finding.toString())
                    .hasSizeGreaterThan(20);
              }
            });
  }
}
