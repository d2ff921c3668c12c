package agentpost.cli.doctor;

import agentpost.cli.cloud.AwsApi;
import agentpost.cli.cloud.CloudOptions;
import agentpost.cli.deployment.AccountCheck;
import agentpost.cli.deployment.Finding;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** This machine's clock beside AWS's. */
final class ClockCheck {
  private static final String ABOUT = "clock";

  /**
   * AWS refuses what was signed longer ago (IAM user guide, "Troubleshoot Signature Version 4"),
   * and so do receivers of webhooks.
   */
  private static final Duration MAX_SKEW = Duration.ofMinutes(5);

  private static final Duration LARGE_SKEW = Duration.ofSeconds(30);

  private ClockCheck() {}

  static AccountCheck of(CloudOptions place) {
    return new AccountCheck(
        ABOUT,
        "nothing",
        () ->
            place.isLocalCloud()
                ? List.of(Finding.ok(ABOUT, "a local cloud has this machine's"))
                : List.of(compare(place.askApi(api -> api.serverTime(AwsApi.Service.EVENTS)))));
  }

  private static Finding compare(Optional<Instant> serverTime) {
    return serverTime
        .map(time -> compare(time, Instant.now()))
        .orElseGet(() -> Finding.ok(ABOUT, "the server does not say its time"));
  }

  static Finding compare(Instant server, Instant here) {
    Duration skew = Duration.between(server, here);
    String text =
        skew.abs().toSeconds() + " s " + (skew.isNegative() ? "behind" : "ahead of") + " AWS's";
    String[] set = {
      "sudo timedatectl set-ntp true       # Linux", "sudo sntp -sS time.apple.com        # macOS"
    };
    if (skew.abs().compareTo(MAX_SKEW) >= 0) {
      return Finding.stop(ABOUT, text + ", so AWS refuses what is signed here", set);
    }
    return skew.abs().compareTo(LARGE_SKEW) >= 0
        ? Finding.warn(ABOUT, text, set)
        : Finding.ok(ABOUT, text);
  }
}
