package agentpost.ingest;

import agentpost.address.Cidr;
import agentpost.address.Ranges;
import agentpost.catalog.AgentName;
import agentpost.catalog.AnswerSettings;
import agentpost.catalog.SourceReader;
import agentpost.catalog.SourceSettings;
import agentpost.schemas.Json;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes a source of what the directory has, read by {@link SourceReader} as the catalog was.
 *
 * @param baseUrl of the door, to which a source's name is appended
 * @param secretPrefix of secret ids, to which a source's name is appended
 */
public record SourceParser(String baseUrl, String secretPrefix) {
  private static final int NO_CONTENT = 204;

  /**
   * @throws IllegalArgumentException saying everything that is wrong
   */
  public Source read(AgentName name, String text) {
    if (!(Json.parse(text) instanceof Json.Parsed.Read(var json))) {
      throw new IllegalArgumentException("source " + name + " is not JSON");
    }
    SourceSettings settings = settings(name, json);
    SourceScheme scheme =
        switch (settings.scheme()) {
          case SourceSettings.Scheme.Named(var provider) ->
              new SourceScheme.Known(Provider.ALL.named(provider));
          case SourceSettings.Scheme.Described(var format) -> new SourceScheme.Described(format);
        };
    return new Source(
        name,
        baseUrl + name,
        scheme,
        secretPrefix + name,
        settings.type(),
        settings.delivery(),
        settings.unmapped().orElse(SourceSettings.Unmapped.ACKNOWLEDGED),
        settings.mappings(),
        settings.each(),
        reply(settings.answer(), ReplyPolicy.defaultFor(scheme)),
        new Ranges(settings.from().stream().map(Cidr::of).toList()));
  }

  private static SourceSettings settings(AgentName name, JsonNode json) {
    if (!json.isObject()) {
      throw new IllegalArgumentException("source " + name + ": it must be a JSON object");
    }
    List<String> problems = new ArrayList<>();
    SourceSettings settings =
        new SourceReader(Provider.ALL.names()).read(SourceReader.section("", json, problems));
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException("source " + name + ": " + String.join("; ", problems));
    }
    return settings;
  }

  /**
   * What is not said is as the provider usually wants it; with 204 there is no body to speak of.
   */
  private static ReplyPolicy reply(AnswerSettings answer, ReplyPolicy usual) {
    int status = answer.status().orElse(usual.status());
    AnswerSettings.Body body =
        status == NO_CONTENT ? AnswerSettings.Body.EMPTY : answer.body().orElse(usual.body());
    return new ReplyPolicy(
        status,
        body,
        answer.badSignature().orElse(usual.badSignature()),
        answer.badSignature().orElse(usual.malformed()));
  }
}
