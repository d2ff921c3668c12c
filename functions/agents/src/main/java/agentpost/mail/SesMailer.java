package agentpost.mail;

import static agentpost.catalog.EnvironmentVariables.EMAIL_FROM;

import agentpost.platform.Environment;
import agentpost.platform.LastingFailureException;
import agentpost.platform.Platform;
import software.amazon.awssdk.services.sesv2.SesV2Client;
import software.amazon.awssdk.services.sesv2.model.BadRequestException;

/** Sends through SES v2, from an identity that the account has verified ({@code EMAIL_FROM}). */
public final class SesMailer implements Mailer {
  private final SesV2Client client;
  private final String from;

  private SesMailer(SesV2Client client, String from) {
    this.client = client;
    this.from = from;
  }

  public static SesMailer from(Platform platform) {
    String from = Environment.require(platform.environment(), EMAIL_FROM).get(EMAIL_FROM);
    return new SesMailer(platform.aws().create(SesV2Client.builder()), from);
  }

  /**
   * @throws LastingFailureException if SES takes no message to such an address, as one of other
   *     scripts (SES API reference, SendEmail, BadRequestException: "The input you provided is
   *     invalid")
   */
  @Override
  public String send(Message message) {
    try {
      return sendEmail(message);
    } catch (BadRequestException e) {
      throw new LastingFailureException("SES takes no such message or address", e);
    }
  }

  private String sendEmail(Message message) {
    return client
        .sendEmail(
            email ->
                email
                    .fromEmailAddress(from)
                    .destination(to -> to.toAddresses(message.to()))
                    .content(
                        content ->
                            content.simple(
                                simple ->
                                    simple
                                        .subject(
                                            subject ->
                                                subject.data(message.subject()).charset("UTF-8"))
                                        .body(
                                            body ->
                                                body.text(
                                                    text ->
                                                        text.data(message.text())
                                                            .charset("UTF-8"))))))
        .messageId();
  }
}
