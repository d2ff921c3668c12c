package agentpost.alerts;

import java.util.List;
import java.util.Map;

/** What GuardDuty's threat purposes mean, and what to do first about each. */
final class Threats {
  static final String UNKNOWN = "unknown";

  record Meaning(String assessment, List<String> actions) {}

  private static final String ISOLATE =
      "Isolate it: a security group without rules, no public address, no role.";
  private static final String KEEP =
      "Keep a snapshot of its volumes and its logs for whoever looks into it, before anything is"
          + " stopped.";
  private static final String REVOKE =
      "Revoke the credentials it used and their sessions, and look in CloudTrail for what they"
          + " did.";
  private static final String CLOSE =
      "Close what is open to everyone that need not be: ports, buckets, policies.";

  private static final Meaning TAKEN_OVER =
      new Meaning(
          "Someone other than its owner runs code on it or steers it from outside.",
          List.of(ISOLATE, KEEP, REVOKE, "Build it anew from what is known to be clean."));

  private static final Meaning CREDENTIALS =
      new Meaning(
          "Credentials are used, or looked for, by someone who should not have them.",
          List.of(
              REVOKE,
              "Ask their owner whether it was they.",
              "Change the credentials, and find out where they leaked."));

  private static final Meaning FROM_OUTSIDE =
      new Meaning(
          "Someone looks for a way in, and has not been seen to find one.",
          List.of(
              CLOSE,
              "See whether what is probed has to be reachable at all.",
              "Look for a success among the attempts."));

  private static final Meaning SETTLED =
      new Meaning(
          "Someone who is in makes sure to stay, to see more or not to be seen.",
          List.of(
              REVOKE,
              "Undo what they changed: users, policies, trails, functions.",
              ISOLATE,
              KEEP));

  private static final Meaning DAMAGE =
      new Meaning(
          "Someone takes data away, or is about to destroy or encrypt it.",
          List.of(
              "Take the rights away that it happens with, at once.",
              ISOLATE,
              KEEP,
              "Check that backups are whole and out of reach."));

  private static final Meaning MISCONFIGURED =
      new Meaning(
          "A setting is less safe than it should be; nobody is known to have used that.",
          List.of(
              CLOSE,
              "Put it right where it is declared, so that the next deployment does not undo it."));

  private static final Map<String, Meaning> BY_PURPOSE =
      Map.ofEntries(
          Map.entry("attack-sequence", DAMAGE),
          Map.entry("backdoor", TAKEN_OVER),
          Map.entry(
              "behavior",
              new Meaning(
                  "It does what it has not done before.",
                  List.of("Ask its owner whether that was meant.", KEEP, ISOLATE))),
          Map.entry("credential-access", CREDENTIALS),
          Map.entry("crypto-currency", TAKEN_OVER),
          Map.entry("defense-evasion", SETTLED),
          Map.entry("discovery", SETTLED),
          Map.entry("execution", TAKEN_OVER),
          Map.entry("exfiltration", DAMAGE),
          Map.entry("impact", DAMAGE),
          Map.entry("initial-access", CREDENTIALS),
          Map.entry("pen-test", FROM_OUTSIDE),
          Map.entry("persistence", SETTLED),
          Map.entry("policy", MISCONFIGURED),
          Map.entry("privilege-escalation", SETTLED),
          Map.entry("recon", FROM_OUTSIDE),
          Map.entry("stealth", SETTLED),
          Map.entry("trojan", TAKEN_OVER),
          Map.entry("unauthorized-access", CREDENTIALS));

  private static final Meaning OTHER =
      new Meaning(
          "It is not of a kind that is known here.",
          List.of("Read the finding itself, and decide who has to know.", KEEP));

  private Threats() {}

  static Meaning of(String threat) {
    return BY_PURPOSE.getOrDefault(threat, OTHER);
  }
}
