package agentpost.cli.console;

import agentpost.local.LocalCloud;
import agentpost.local.frontdoor.PageHandler;
import agentpost.local.wire.AwsRequest;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * Pages on a local cloud, for people. From its beginning it hears of every event; all else is
 * loaded when somebody looks.
 */
public final class Console implements PageHandler, AutoCloseable {
  private final LocalCloud cloud;
  private final DeliveryHistory history;
  private final AnswerTimes times;
  private final SignedRequests requests;
  private final IngestRequests ingested;
  private @Nullable Pages pages;

  private Console(LocalCloud cloud) {
    this.cloud = cloud;
    this.history = new DeliveryHistory(cloud::now);
    this.times = new AnswerTimes(cloud::now);
    this.requests = new SignedRequests(cloud::now);
    this.ingested = new IngestRequests(cloud::now, history::touch);
  }

  /** Serves it at {@link #url} until it is closed, which is before the cloud is. */
  public static Console open(LocalCloud cloud) {
    Console console = new Console(cloud);
    cloud.listen(console.times);
    cloud.listen(console.history);
    cloud.listenToApis(console.requests::add);
    cloud.listenToApis(console.ingested::onRequest);
    cloud.listenToLogs(console.ingested::onLine);
    cloud.serve(console);
    return console;
  }

  public URI url() {
    return cloud.endpoint().resolve(PageRequest.PREFIX);
  }

  @Override
  public Page answer(AwsRequest request) {
    return pages().answer(request);
  }

  private synchronized Pages pages() {
    if (pages == null) {
      pages = new Pages(cloud, history, times, requests, ingested);
    }
    return pages;
  }

  /** Ends what browsers listen to. */
  @Override
  public void close() {
    history.close();
    requests.close();
    ingested.close();
  }
}
