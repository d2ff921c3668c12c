package agentpost.local.lambda;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.serialization.PojoSerializer;
import com.amazonaws.services.lambda.runtime.serialization.events.LambdaEventSerializers;
import com.amazonaws.services.lambda.runtime.serialization.factories.JacksonFactory;
import java.io.ByteArrayOutputStream;
import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A handler's event and answer from and to JSON, by what its {@code handleRequest} declares and
 * with the serializers of Lambda's own runtime.
 */
record PayloadCodec(PojoSerializer<Object> event, PojoSerializer<Object> answer) {
  private static final PojoSerializer<Object> PROXY_EVENT =
      serializer(APIGatewayProxyRequestEvent.class);

  static PayloadCodec of(Class<?> handler) {
    Method handle = handleRequest(handler);
    return new PayloadCodec(
        serializer(handle.getGenericParameterTypes()[0]),
        serializer(handle.getGenericReturnType()));
  }

  private static Method handleRequest(Class<?> handler) {
    return Arrays.stream(handler.getMethods())
        .filter(
            method ->
                method.getName().equals("handleRequest")
                    && method.getParameterCount() == 2
                    && !method.isBridge())
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    handler.getName() + " has no handleRequest with an event and a context"));
  }

  /** The event as a handler wants it that may declare another class for it. */
  static Object read(Class<?> handler, APIGatewayProxyRequestEvent event) {
    Type declared = handleRequest(handler).getGenericParameterTypes()[0];
    return declared == APIGatewayProxyRequestEvent.class
        ? event
        : serializer(declared).fromJson(write(event));
  }

  /** As API Gateway sends it. */
  static String write(APIGatewayProxyRequestEvent event) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PROXY_EVENT.toJson(event, out);
    return out.toString(UTF_8);
  }

  private static PojoSerializer<Object> serializer(Type type) {
    if (type instanceof Class<?> known
        && LambdaEventSerializers.isLambdaSupportedEvent(known.getName())) {
      // It serializes what its class says, and that is the class of what it gets.
      @SuppressWarnings("unchecked")
      var of =
          (PojoSerializer<Object>)
              LambdaEventSerializers.serializerFor(known, PayloadCodec.class.getClassLoader());
      return of;
    }
    return JacksonFactory.getInstance().getSerializer(type);
  }

  Object read(String json) {
    return event.fromJson(json);
  }

  /** An answer of {@code null} is JSON's. */
  String write(@Nullable Object value) {
    if (value == null) {
      return "null";
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    answer.toJson(value, out);
    return out.toString(UTF_8);
  }
}
