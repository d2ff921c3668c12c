package agentpost.local.sqs;

import java.lang.reflect.Field;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.ExtensionId;
import org.apache.pekko.event.LoggingAdapter;
import org.apache.pekko.http.javadsl.model.StatusCodes;
import org.apache.pekko.http.scaladsl.ConnectionContext;
import org.apache.pekko.http.scaladsl.Http;
import org.apache.pekko.http.scaladsl.Http$;
import org.apache.pekko.http.scaladsl.HttpExt;
import org.apache.pekko.http.scaladsl.model.HttpRequest;
import org.apache.pekko.http.scaladsl.model.HttpResponse;
import org.apache.pekko.http.scaladsl.settings.ServerSettings;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.javadsl.Flow;
import scala.concurrent.Future;

/**
 * ElasticMQ's port with a door: it takes what is for its own address, from no web page, and all
 * else is 403 before ElasticMQ sees it (ADR 18). ElasticMQ binds by Pekko's extension {@code Http},
 * which the actor system keeps in a map; this one stands there in its place.
 */
final class LoopbackGuard extends HttpExt {
  /**
   * What ElasticMQ gets instead of what is refused, so that each request has its answer in turn.
   */
  private static final HttpRequest HARMLESS =
      (HttpRequest) org.apache.pekko.http.javadsl.model.HttpRequest.GET("/health");

  private volatile String host = "";

  private LoopbackGuard(ExtendedActorSystem system) {
    super(system.settings().config().getConfig("pekko.http"), system);
  }

  /**
   * @param system in which nothing has used HTTP yet
   */
  static LoopbackGuard createIn(ActorSystem system) {
    LoopbackGuard own = new LoopbackGuard((ExtendedActorSystem) system);
    try {
      Field extensions =
          Class.forName("org.apache.pekko.actor.ActorSystemImpl").getDeclaredField("extensions");
      extensions.setAccessible(true);
      @SuppressWarnings("unchecked") // the field's own type
      Map<ExtensionId<?>, Object> all = (Map<ExtensionId<?>, Object>) extensions.get(system);
      all.put(Http$.MODULE$, own);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(
          "Pekko keeps its extensions elsewhere, and ElasticMQ's port would have no door", e);
    }
    return own;
  }

  /** Nothing is taken before. */
  void isBoundTo(String host) {
    this.host = host;
  }

  private boolean isForUs(HttpRequest request) {
    boolean ofAPage =
        request.getHeader("Origin").isPresent() || request.getHeader("Sec-Fetch-Site").isPresent();
    return !ofAPage
        && request.getHeader("Host").filter(given -> given.value().equals(host)).isPresent();
  }

  @Override
  public Future<Http.ServerBinding> bindAndHandleImpl(
      org.apache.pekko.stream.scaladsl.Flow<HttpRequest, HttpResponse, Object> handler,
      String bound,
      int port,
      ConnectionContext context,
      ServerSettings settings,
      LoggingAdapter log,
      Materializer materializer) {
    return super.bindAndHandleImpl(
        guard(handler).asScala(), bound, port, context, settings, log, materializer);
  }

  /** Of each connection a flow of its own, whose answers come in the order of their requests. */
  private Flow<HttpRequest, HttpResponse, Object> guard(
      org.apache.pekko.stream.scaladsl.Flow<HttpRequest, HttpResponse, Object> handler) {
    return Flow.<HttpRequest, HttpResponse, NotUsed>fromMaterializer(
            (materializer, _) -> {
              Queue<Boolean> taken = new ConcurrentLinkedQueue<>();
              return Flow.of(HttpRequest.class)
                  .map(
                      request -> {
                        boolean isForUs = isForUs(request);
                        taken.add(isForUs);
                        if (!isForUs) {
                          request.discardEntityBytes(materializer);
                        }
                        return isForUs ? request : HARMLESS;
                      })
                  .via(handler)
                  .map(
                      answer -> {
                        if (Boolean.TRUE.equals(taken.poll())) {
                          return answer;
                        }
                        answer.discardEntityBytes(materializer);
                        return (HttpResponse)
                            org.apache.pekko.http.javadsl.model.HttpResponse.create()
                                .withStatus(StatusCodes.FORBIDDEN);
                      });
            })
        .mapMaterializedValue(Object.class::cast);
  }
}
