package agentpost.local.sts;

import agentpost.local.wire.AwsException;
import agentpost.local.wire.AwsRequest;
import agentpost.local.wire.AwsResponse;
import agentpost.local.wire.AwsService;
import agentpost.local.wire.QueryForm;
import agentpost.local.wire.Xml;
import java.time.Duration;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names the one account, and gives credentials of the CDK's roles, which may do what everybody here
 * may.
 */
public final class TokenService implements AwsService {
  /** Of its requests, by which they are told from other Query requests. */
  public static final Set<String> ACTIONS = Set.of("AssumeRole", "GetCallerIdentity");

  private static final String NAMESPACE = "https://sts.amazonaws.com/doc/2011-06-15/";
  private static final String ACCOUNT = "000000000000";

  /** As the CDK names them without a qualifier of one's own (CDK guide, "Bootstrapping"). */
  private static final Pattern CDK_ROLE =
      Pattern.compile(
          "arn:aws:iam::000000000000:role/(cdk-hnb659fds-(?:deploy|lookup|file-publishing)-role-000000000000-us-east-1)");

  private static final Map<String, Set<String>> MEMBERS =
      Map.of(
          "GetCallerIdentity", Set.of(),
          "AssumeRole", Set.of("RoleArn", "RoleSessionName", "DurationSeconds"));

  private static final Duration DEFAULT_LIFE = Duration.ofHours(1);
  private final InstantSource clock;

  /**
   * @param clock of the credentials' end, the wall's
   */
  public TokenService(InstantSource clock) {
    this.clock = clock;
  }

  @Override
  public AwsResponse handle(AwsRequest request) {
    QueryForm form = QueryForm.of(request);
    form.requireOnly(MEMBERS.getOrDefault(form.action(), Set.of()));
    return switch (form.action()) {
      case "GetCallerIdentity" ->
          Xml.answer(
              "GetCallerIdentity",
              NAMESPACE,
              xml ->
                  xml.text("Arn", "arn:aws:iam::" + ACCOUNT + ":root")
                      .text("UserId", "local")
                      .text("Account", ACCOUNT));
      case "AssumeRole" -> assume(form);
      default ->
          throw AwsException.badRequest(
              "InvalidAction", "The local cloud does not support the action " + form.action());
    };
  }

  private AwsResponse assume(QueryForm form) {
    String arn = form.required("RoleArn");
    String session = form.required("RoleSessionName");
    Matcher role = CDK_ROLE.matcher(arn);
    if (!role.matches()) {
      throw new AwsException(
          403,
          "AccessDenied",
          "The local cloud has the CDK's roles only; not authorized to perform: sts:AssumeRole on"
              + " resource: "
              + arn);
    }
    Duration life = form.optional("DurationSeconds").map(TokenService::life).orElse(DEFAULT_LIFE);
    return Xml.answer(
        "AssumeRole",
        NAMESPACE,
        xml ->
            xml.element(
                    "AssumedRoleUser",
                    user ->
                        user.text(
                                "Arn",
                                "arn:aws:sts::"
                                    + ACCOUNT
                                    + ":assumed-role/"
                                    + role.group(1)
                                    + "/"
                                    + session)
                            .text("AssumedRoleId", "local:" + session))
                .element(
                    "Credentials",
                    credentials ->
                        credentials
                            .text("AccessKeyId", "local")
                            .text("SecretAccessKey", "local")
                            .text("SessionToken", "local")
                            .text(
                                "Expiration",
                                clock
                                    .instant()
                                    .plus(life)
                                    .truncatedTo(ChronoUnit.SECONDS)
                                    .toString())));
  }

  /** From 15 minutes to 12 hours (API reference, AssumeRole). */
  private static Duration life(String seconds) {
    if (!seconds.matches("[0-9]{3,5}")
        || Integer.parseInt(seconds) < 900
        || Integer.parseInt(seconds) > 43_200) {
      throw AwsException.badRequest(
          "ValidationError", "DurationSeconds must be from 900 to 43200; got " + seconds);
    }
    return Duration.ofSeconds(Integer.parseInt(seconds));
  }
}
