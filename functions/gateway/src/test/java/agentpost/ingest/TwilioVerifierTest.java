package agentpost.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import agentpost.ingest.SourceVerification.Accepted;
import agentpost.ingest.SourceVerification.BadSignature;
import agentpost.ingest.SourceVerification.Malformed;
import agentpost.signing.Hmac;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The vectors are those of Twilio's libraries' own tests. */
class TwilioVerifierTest {
  private static final String URL = "https://mycompany.com/myapp.php?foo=1&bar=2";
  private static final String FORM =
      "CallSid=CA1234567890ABCDE&Caller=%2B14158675309&Digits=1234&From=%2B14158675309&To=%2B18005551212";
  private static final String SIGNATURE = "RSOYDt4T1cUTdK1PDd93/VVr8B8=";

  private static final String JSON = "{\"property\": \"value\", \"boolean\": true}";
  private static final String JSON_URL =
      URL + "&bodySHA256=0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620";
  private static final String JSON_SIGNATURE = "a9nBmqA0ju/hNViExpshrM61xv4=";

  private static SourceVerification verify(String url, String body, String signature) {
    return new Delivery(body)
        .at(url)
        .with("X-Twilio-Signature", signature)
        .heldAgainst(new TwilioProvider().verifier(List.of("12345"), Delivery.asOf(0)));
  }

  @Test
  void acceptsThePublishedVector() {
    assertEquals(new Accepted(Optional.empty()), verify(URL, FORM, SIGNATURE));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "To=%2B18005551212&From=%2B14158675309&Digits=1234&Caller=%2B14158675309&CallSid=CA1234567890ABCDE",
        "CallSid=CA1234567890ABCDE&Caller=%2b14158675309&Digits=%31%32%33%34&From=%2B14158675309&To=%2B18005551212&",
      })
  void acceptsTheSameParametersInAnyOrderAndSpelling(String form) {
    assertInstanceOf(Accepted.class, verify(URL, form, SIGNATURE));
  }

  @Test
  void aNamesSeveralValuesAreSortedAndCountOnce() {
    assertInstanceOf(
        Accepted.class,
        verify(
            URL,
            "Sid=CA123&SidAccount=AC123&Digits=5678&Digits=1234&Digits=1234",
            "IK+Dwps556ElfBT0I3Rgjkr1wJU="));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        FORM + "&x=1",
        FORM + "%00",
        "CallSid=CA1234567890ABCDE&Caller=%2B14158675309&Digits=1234&From=%2B14158675309",
        "CallSid=CA1234567890ABCDE&Caller=%2B14158675309&Digits=1235&From=%2B14158675309&To=%2B18005551212",
        "CallSid=CA1234567890ABCDE&Caller=+14158675309&Digits=1234&From=%2B14158675309&To=%2B18005551212",
        "callsid=CA1234567890ABCDE&Caller=%2B14158675309&Digits=1234&From=%2B14158675309&To=%2B18005551212",
      })
  void refusesOtherParameters(String form) {
    assertEquals(new BadSignature(), verify(URL, form, SIGNATURE));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "http://mycompany.com/myapp.php?foo=1&bar=2",
        "https://mycompany.com/myapp.php",
        "https://mycompany.com/myapp.php?bar=2&foo=1",
        "https://mycompany.com/myapp.php?foo=1&bar=2&",
        "https://mycompany.com:8443/myapp.php?foo=1&bar=2",
        "https://mycompany.com:443:443/myapp.php?foo=1&bar=2"
      })
  void refusesAnotherUrl(String url) {
    assertEquals(new BadSignature(), verify(url, FORM, SIGNATURE));
  }

  @Test
  void thePortMayBeInTheUrlOrNot() {
    assertInstanceOf(Accepted.class, verify(URL.replace(".com/", ".com:443/"), FORM, SIGNATURE));
    byte[] signature =
        Hmac.of("HmacSHA1", "12345".getBytes(UTF_8), "https://x.example:443/?a=b".getBytes(UTF_8));
    assertInstanceOf(
        Accepted.class,
        verify("https://x.example/?a=b", "", Base64.getEncoder().encodeToString(signature)));
  }

  @Test
  void whatIsCoveredIsTheSameHoweverTheSameIsWritten() {
    SignedRequest one =
        new SignedRequest(
            URL, Map.of("X-Twilio-Signature", List.of(SIGNATURE)), FORM.getBytes(UTF_8));
    String[] forms = {
      "To=%2B18005551212&From=%2B14158675309&Digits=1234&Caller=%2B14158675309&CallSid=CA1234567890ABCDE",
      "CallSi=dCA1234567890ABCDE&Caller=%2b14158675309&Digits1=234&From=%2B14158675309&To=%2B18005551212",
    };
    SourceVerifier verifier = new TwilioProvider().verifier(List.of("12345"), Delivery.asOf(0));
    for (String form : forms) {
      SignedRequest other = new SignedRequest(URL, one.headers(), form.getBytes(UTF_8));
      assertInstanceOf(Accepted.class, verifier.verify(other));
      assertArrayEquals(verifier.signedContent(one), verifier.signedContent(other));
    }
  }

  @Test
  void refusesWhatAnotherTokenSigned() {
    Delivery delivery = new Delivery(FORM).at(URL).with("X-Twilio-Signature", SIGNATURE);
    assertEquals(
        new BadSignature(),
        delivery.heldAgainst(new TwilioProvider().verifier(List.of("123456"), Delivery.asOf(0))));
  }

  @Test
  void acceptsABodyWhoseHashIsInTheUrl() {
    assertInstanceOf(Accepted.class, verify(JSON_URL, JSON, JSON_SIGNATURE));
  }

  @Test
  void refusesABodyOfAnotherHashThanTheUrlSays() {
    assertEquals(
        new BadSignature(), verify(JSON_URL, JSON.replace("true", "false"), JSON_SIGNATURE));
  }

  @Test
  void refusesAHashThatTwilioDidNotSign() {
    assertEquals(new BadSignature(), verify(JSON_URL, JSON, SIGNATURE));
  }

  @Test
  void refusesJsonWithoutAHash() {
    assertEquals(new BadSignature(), verify(URL, JSON, JSON_SIGNATURE));
  }

  @Test
  void bytesThatAreNotUtf8AreNotTakenForOneAnother() {
    byte[] key = "12345".getBytes(UTF_8);
    byte[] signature =
        Hmac.of(
            "HmacSHA1", key, "https://x.example/Body".getBytes(UTF_8), new byte[] {(byte) 0xff});
    String base64 = Base64.getEncoder().encodeToString(signature);
    assertInstanceOf(Accepted.class, verify("https://x.example/", "Body=%ff", base64));
    assertInstanceOf(BadSignature.class, verify("https://x.example/", "Body=%fe", base64));
    assertInstanceOf(BadSignature.class, verify("https://x.example/", "Body=%EF%BF%BD", base64));
  }

  @ParameterizedTest
  @CsvSource({"%", "Digits=%", "Digits=%2", "Digits=%zz", "%-1=1"})
  void refusesABodyThatIsNoForm(String form) {
    assertEquals(
        new Malformed("the body is not a form: a percent sign must have two hex digits after it"),
        verify(URL, form, SIGNATURE));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "RSOYDt4T",
        "sha1=RSOYDt4T1cUTdK1PDd93/VVr8B8=",
        "45239",
        "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
      })
  void refusesASignatureThatIsNot20BytesInBase64(String signature) {
    assertEquals(
        new Malformed("X-Twilio-Signature must be there once, and be 20 bytes in base64"),
        verify(URL, FORM, signature));
  }
}
