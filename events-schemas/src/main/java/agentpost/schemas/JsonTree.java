package agentpost.schemas;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.Module;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BigIntegerNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * Trees of JSON in which a number is its text: written again it has the same characters, {@code
 * 100.0}, {@code 1e2}, {@code 1E400}, {@code 0E-10} and {@code -0} included. Jackson's own trees
 * write a number's value in a form of their own, and lose the sign of zero.
 */
public final class JsonTree {
  private static final String MINUS_ZERO = "-0";

  /** RFC 8259, section 6. */
  private static final Pattern NUMBER =
      Pattern.compile("-?(?:0|[1-9][0-9]*+)(?:\\.[0-9]++)?(?:[eE][-+]?[0-9]++)?");

  private JsonTree() {}

  /**
   * Has a mapper read such trees, of JSON or YAML, with the mapper's own limits. It throws a
   * NumberFormatException at an exponent of more digits than a BigDecimal has room for, as
   * Jackson's own trees do.
   */
  public static Module module() {
    return new SimpleModule().addDeserializer(JsonNode.class, new Deserializer());
  }

  /**
   * The value that the parser's token begins.
   *
   * @param text what becomes of texts and names
   * @throws NumberFormatException at an exponent of more digits than a BigDecimal has room for
   */
  static JsonNode read(JsonParser parser, UnaryOperator<String> text) throws IOException {
    return switch (parser.currentToken()) {
      case START_OBJECT -> object(parser, text);
      case START_ARRAY -> array(parser, text);
      case VALUE_STRING -> TextNode.valueOf(text.apply(parser.getText()));
      case VALUE_NUMBER_INT -> integer(parser);
      case VALUE_NUMBER_FLOAT -> DecimalNode.valueOf(decimal(parser));
      case VALUE_TRUE, VALUE_FALSE ->
          BooleanNode.valueOf(parser.currentToken() == JsonToken.VALUE_TRUE);
      case VALUE_NULL -> NullNode.getInstance();
      case VALUE_EMBEDDED_OBJECT ->
          throw new JsonParseException(parser, "a value that JSON has no form for");
      case END_OBJECT, END_ARRAY, FIELD_NAME, NOT_AVAILABLE ->
          throw new IllegalStateException(
              "A value of a text cannot begin with " + parser.currentToken());
    };
  }

  private static ObjectNode object(JsonParser parser, UnaryOperator<String> text)
      throws IOException {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = text.apply(parser.currentName());
      parser.nextToken();
      object.set(name, read(parser, text));
    }
    return object;
  }

  private static ArrayNode array(JsonParser parser, UnaryOperator<String> text) throws IOException {
    ArrayNode array = JsonNodeFactory.instance.arrayNode();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      array.add(read(parser, text));
    }
    return array;
  }

  private static JsonNode integer(JsonParser parser) throws IOException {
    if (parser.getText().equals(MINUS_ZERO)) {
      return BigIntegerNode.valueOf(new MinusZero());
    }
    return switch (parser.getNumberType()) {
      case INT -> IntNode.valueOf(parser.getIntValue());
      case LONG -> LongNode.valueOf(parser.getLongValue());
      default -> BigIntegerNode.valueOf(parser.getBigIntegerValue());
    };
  }

  /**
   * YAML has numbers that are none of JSON's, such as {@code +1.5} and {@code 1_000.5}: they are
   * written by their value.
   */
  private static BigDecimal decimal(JsonParser parser) throws IOException {
    String text = parser.getText();
    if (parser.isNaN()) {
      throw new JsonParseException(parser, "a number that JSON has no form for");
    }
    return NUMBER.matcher(text).matches() ? new Literal(text) : parser.getDecimalValue();
  }

  private static final class Deserializer extends StdDeserializer<JsonNode> {
    private static final long serialVersionUID = 1;

    Deserializer() {
      super(JsonNode.class);
    }

    @Override
    public JsonNode deserialize(JsonParser parser, DeserializationContext context)
        throws IOException {
      return read(parser, UnaryOperator.identity());
    }

    @Override
    public JsonNode getNullValue(DeserializationContext context) {
      return NullNode.getInstance();
    }
  }

  /** A number with fraction or exponent. */
  private static final class Literal extends BigDecimal {
    private static final long serialVersionUID = 1;
    private final String text;

    Literal(String text) {
      super(text);
      this.text = text;
    }

    @Override
    public String toString() {
      return text;
    }
  }

  /** The one whole number whose text is not its value's. */
  private static final class MinusZero extends BigInteger {
    private static final long serialVersionUID = 1;

    MinusZero() {
      super(MINUS_ZERO);
    }

    @Override
    public String toString() {
      return MINUS_ZERO;
    }
  }
}
