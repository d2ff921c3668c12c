package agentpost.cli.project;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Properties;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BuiltVersionTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          9d37ce5dc23fdeabdbc2007fd1aca7735df3cb86 | false | 1.0 (9d37ce5dc23f)
          9d37ce5dc23fdeabdbc2007fd1aca7735df3cb86 | true  | 1.0 (9d37ce5dc23f, edited)
          ''                                       | ''    | 1.0
          """)
  void itHasTheCommitIfThereIsGit(String commit, String dirty, String text) {
    Properties built = new Properties();
    built.setProperty("version", "1.0");
    built.setProperty("commit", commit);
    built.setProperty("dirty", dirty);
    assertEquals(text, BuiltVersion.text(built));
  }
}
