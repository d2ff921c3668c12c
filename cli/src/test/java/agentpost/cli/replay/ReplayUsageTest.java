package agentpost.cli.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.cli.Run;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Command lines that are wrong, before anyone is asked anything. */
class ReplayUsageTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--agent a|Give either --from",
        "--from 2026-03-31T10:30:00Z --last 7d|Give either --from",
        "--to 2026-03-31T10:30:00Z --last 7d|Give either --from",
        "--from yesterday|'--from': it must be like",
        "--from 2026-03-31T10:30:00Z --to later|'--to': it must be like",
        "--from 2026-03-31T10:30:00Z --to 2026-03-31T10:30:00Z|it must be later than --from",
        "--from 2026-03-31T10:30:00Z --to 2999-03-31T10:30:00Z|it must not be later than now",
        "--last 7|'--last': it must be like",
        "--last 0d|'--last': it must be like",
        "--last 7d --force|--force needs --agent",
        "--last 7d --event-type t|--event-type needs --agent",
      })
  void isRefused(String args, String why) {
    Run run = Run.of("", ("replay --endpoint-url http://localhost:1 " + args).split(" "));
    assertEquals(2, run.exitCode(), run.everything());
    assertThat(run.err()).contains(why);
  }
}
