package agentpost.local.s3;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agentpost.local.wire.AwsException;
import agentpost.local.wire.AwsRequest;
import agentpost.local.wire.AwsResponse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class S3ServiceTest {
  private static final Instant NOW = Instant.parse("2026-03-31T10:30:00Z");
  private final S3Service buckets = new S3Service(() -> NOW);

  @BeforeEach
  void make() {
    buckets.make("letters");
  }

  private AwsResponse call(
      String method,
      String path,
      Map<String, String> query,
      Map<String, String> headers,
      String body) {
    Map<String, List<String>> parameters = new HashMap<>();
    query.forEach((name, value) -> parameters.put(name, List.of(value)));
    return buckets.handle(new AwsRequest(method, path, parameters, headers, body.getBytes(UTF_8)));
  }

  private AwsResponse call(String method, String path) {
    return call(method, path, Map.of(), Map.of(), "");
  }

  private AwsResponse put(String path, Map<String, String> headers, String body) {
    return call("PUT", path, Map.of("x-id", "PutObject"), headers, body);
  }

  private static String text(AwsResponse response) {
    return response.status() + " " + new String(response.body(), UTF_8);
  }

  private static List<String> found(AwsResponse response, String element) {
    return Pattern.compile("<" + element + ">(.*?)</" + element + ">")
        .matcher(text(response))
        .results()
        .map((MatchResult m) -> m.group(1))
        .toList();
  }

  @Test
  void anObjectIsWhatWasPutLast() {
    assertThat(
            put(
                    "/letters/a/b.json",
                    Map.of("content-type", "application/json", "x-amz-meta-why", "x"),
                    "one")
                .headers())
        .containsEntry("ETag", "\"f97c5d29941bfb1b2fdab0874906ab82\"");
    put(
        "/letters/a/b.json",
        Map.of("content-type", "application/json", "x-amz-meta-why", "y"),
        "two");
    AwsResponse got = call("GET", "/letters/a/b.json");
    assertThat(text(got)).isEqualTo("200 two");
    assertThat(got.headers())
        .containsEntry("Content-Type", "application/json")
        .containsEntry("x-amz-meta-why", "y")
        .containsEntry("Last-Modified", "Tue, 31 Mar 2026 10:30:00 GMT");
    assertThat(call("DELETE", "/letters/a/b.json").status()).isEqualTo(204);
    assertThat(text(call("GET", "/letters/a/b.json")))
        .startsWith("404 ")
        .contains("<Code>NoSuchKey</Code>", "<Resource>/letters/a/b.json</Resource>");
  }

  @ParameterizedTest
  @CsvSource({
    "letters.localhost:4566",
    "letters.s3.localhost:4566",
    "letters.s3.us-east-1.amazonaws.com",
    "letters.s3-us-west-2.amazonaws.com"
  })
  void theBucketMayBeInTheHost(String host) {
    put("/a/b.json", Map.of("host", host), "one");
    assertThat(text(call("GET", "/letters/a/b.json"))).isEqualTo("200 one");
  }

  @ParameterizedTest
  @CsvSource({
    "localhost:4566",
    "127.0.0.1:4566",
    "s3.localhost:4566",
    "s3.us-east-1.amazonaws.com"
  })
  void orInThePath(String host) {
    put("/letters/a", Map.of("host", host), "one");
    assertThat(text(call("GET", "/letters/a"))).isEqualTo("200 one");
  }

  @Test
  void keysAreDecodedOnceAndAPlusIsAPlus() {
    put("/letters/a%20b+c%252F%C3%A4", Map.of(), "one");
    assertThat(found(call("GET", "/letters", Map.of("list-type", "2"), Map.of(), ""), "Key"))
        .containsExactly("a b+c%2Fä");
    assertThat(
            found(
                call(
                    "GET",
                    "/letters",
                    Map.of("list-type", "2", "encoding-type", "url"),
                    Map.of(),
                    ""),
                "Key"))
        .containsExactly("a%20b%2Bc%252F%C3%A4");
  }

  @ParameterizedTest
  @CsvSource({
    "x-amz-checksum-crc32,NhCmhg==,NhCmhw==",
    "x-amz-checksum-sha1,qvTGHdzF6KLavt4PO0gs2a6pQ00=,AAAAHdzF6KLavt4PO0gs2a6pQ00=",
    "x-amz-checksum-sha256,LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=,AAJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=",
    "content-md5,XUFAKrxLKna5cZ2REBfFkg==,AUFAKrxLKna5cZ2REBfFkg==",
    "x-amz-content-sha256,2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824,2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9825",
  })
  void whatDoesNotFitItsChecksumIsNotKept(String header, String right, String wrong) {
    assertThat(put("/letters/wrong", Map.of(header, wrong), "hello").status()).isEqualTo(400);
    assertThat(call("GET", "/letters/wrong").status()).isEqualTo(404);
    assertThat(put("/letters/right", Map.of(header, right), "hello").status()).isEqualTo(200);
  }

  @Test
  void aChunkedBodyIsKeptAsWhatItIsWithTheChecksumBehindIt() {
    Map<String, String> headers =
        Map.of(
            "x-amz-content-sha256",
            "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
            "x-amz-decoded-content-length",
            "5",
            "content-encoding",
            "aws-chunked");
    assertThat(
            put(
                    "/letters/chunked",
                    headers,
                    "5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n")
                .status())
        .isEqualTo(200);
    AwsResponse got = call("GET", "/letters/chunked");
    assertThat(text(got)).isEqualTo("200 hello");
    assertThat(got.headers())
        .containsEntry("x-amz-checksum-crc32", "NhCmhg==")
        .doesNotContainKey("content-encoding");
    assertThat(
            text(
                put(
                    "/letters/bad",
                    headers,
                    "5\r\nhello\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n")))
        .startsWith("400 ")
        .contains("BadDigest");
    assertThat(text(put("/letters/short", headers, "4\r\nhell\r\n0\r\n\r\n")))
        .startsWith("400 ")
        .contains("IncompleteBody");
  }

  /** A page may end with a folder, whose keys are then behind it. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 9})
  void aListingHasPagesAndFolders(int size) {
    for (String key : List.of("a/1", "a/2", "b", "c/1", "c/2", "d")) {
      put("/letters/" + key, Map.of(), "x");
    }
    Set<String> seen = new TreeSet<>();
    int count = 0;
    Map<String, String> query =
        new HashMap<>(
            Map.of(
                "list-type",
                "2",
                "delimiter",
                "/",
                "max-keys",
                Integer.toString(size),
                "prefix",
                ""));
    boolean isTruncated = true;
    for (int page = 0; isTruncated; page++) {
      assertThat(page).isLessThan(5);
      AwsResponse listing = call("GET", "/letters", query, Map.of(), "");
      List<String> shown = new ArrayList<>(found(listing, "Key"));
      found(listing, "CommonPrefixes").forEach(prefix -> shown.add(prefix.replaceAll("<.*?>", "")));
      assertThat(found(listing, "KeyCount")).containsExactly(Integer.toString(shown.size()));
      seen.addAll(shown);
      count += shown.size();
      isTruncated = found(listing, "IsTruncated").contains("true");
      assertThat(found(listing, "NextContinuationToken")).hasSize(isTruncated ? 1 : 0);
      found(listing, "NextContinuationToken")
          .forEach(token -> query.put("continuation-token", token));
    }
    assertThat(seen).containsExactly("a/", "b", "c/", "d");
    assertThat(count).as("none twice").isEqualTo(4);
  }

  @Test
  void aListingBeginsWhereItIsToldTo() {
    for (String key : List.of("a/1", "a/2", "c/1", "c/2", "d")) {
      put("/letters/" + key, Map.of(), "x");
    }
    assertThat(
            found(
                call(
                    "GET",
                    "/letters",
                    Map.of("list-type", "2", "prefix", "a/", "delimiter", "/"),
                    Map.of(),
                    ""),
                "Key"))
        .containsExactly("a/1", "a/2");
    assertThat(
            found(
                call(
                    "GET",
                    "/letters",
                    Map.of("list-type", "2", "start-after", "c/1"),
                    Map.of(),
                    ""),
                "Key"))
        .containsExactly("c/2", "d");
  }

  @Test
  void whereABucketIsAndHowItIsEncrypted() {
    assertThat(text(call("GET", "/letters", Map.of("location", ""), Map.of(), "")))
        .startsWith("200 ")
        .contains("></LocationConstraint>");
    assertThat(
            found(call("GET", "/letters", Map.of("encryption", ""), Map.of(), ""), "SSEAlgorithm"))
        .containsExactly("AES256");
    assertThat(text(call("GET", "/other", Map.of("location", ""), Map.of(), "")))
        .contains("<Code>NoSuchBucket</Code>");
  }

  @Test
  void aBucketGoesWhenNothingIsInIt() {
    put("/letters/a", Map.of(), "one");
    assertThat(text(call("DELETE", "/letters")))
        .startsWith("409 ")
        .contains("<Code>BucketNotEmpty</Code>");
    call("DELETE", "/letters/a");
    assertThat(call("DELETE", "/letters").status()).isEqualTo(204);
    assertThat(text(call("DELETE", "/letters"))).contains("<Code>NoSuchBucket</Code>");
  }

  private String beginParts(String path) {
    return found(
            call(
                "POST", path, Map.of("uploads", ""), Map.of("content-type", "application/zip"), ""),
            "UploadId")
        .getFirst();
  }

  private String part(String path, String upload, int number, String body) {
    AwsResponse answer =
        call(
            "PUT",
            path,
            Map.of("partNumber", Integer.toString(number), "uploadId", upload),
            Map.of(),
            body);
    assertThat(answer.status()).isEqualTo(200);
    return answer.headers().getOrDefault("ETag", "");
  }

  private AwsResponse complete(String path, String upload, String... tags) {
    StringBuilder parts = new StringBuilder("<CompleteMultipartUpload>");
    for (int at = 0; at < tags.length; at++) {
      parts.append("<Part><PartNumber>").append(at + 1).append("</PartNumber><ETag>");
      parts.append(tags[at]).append("</ETag></Part>");
    }
    return call(
        "POST",
        path,
        Map.of("uploadId", upload),
        Map.of(),
        parts.append("</CompleteMultipartUpload>").toString());
  }

  /** The entity tag is the MD5 of the parts' MD5s (S3 user guide, "Checking object integrity"). */
  @Test
  void anObjectComesInParts() {
    String first = "x".repeat(5 << 20);
    String upload = beginParts("/letters/k");
    String one = part("/letters/k", upload, 1, first);
    part("/letters/k", upload, 2, "no");
    String two = part("/letters/k", upload, 2, "two");
    assertThat(text(call("GET", "/letters/k"))).contains("NoSuchKey");
    assertThat(found(complete("/letters/k", upload, one, two), "ETag").getFirst())
        .endsWith("-2&quot;");
    AwsResponse got = call("GET", "/letters/k");
    assertThat(got.headers()).containsEntry("Content-Type", "application/zip");
    assertThat(new String(got.body(), UTF_8)).isEqualTo(first + "two");
    assertThat(text(complete("/letters/k", upload, one, two))).contains("NoSuchUpload");
  }

  @Test
  void partsThatDoNotFitAreRefused() {
    String upload = beginParts("/letters/k");
    String one = part("/letters/k", upload, 1, "one");
    String two = part("/letters/k", upload, 2, "two");
    assertThat(text(complete("/letters/k", upload, one, two))).contains("EntityTooSmall");
    assertThat(text(complete("/letters/k", upload, two))).contains("InvalidPart");
    assertThat(text(complete("/letters/k", upload))).contains("MalformedXML");
    assertThat(text(complete("/letters/other", upload, one))).contains("NoSuchUpload");
    assertThat(
            text(
                call(
                    "POST",
                    "/letters/k",
                    Map.of("uploadId", upload),
                    Map.of(),
                    "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>")))
        .contains("MalformedXML");
    assertThat(call("DELETE", "/letters/k", Map.of("uploadId", upload), Map.of(), "").status())
        .isEqualTo(204);
    assertThat(text(complete("/letters/k", upload, one))).contains("NoSuchUpload");
  }

  @ParameterizedTest
  @CsvSource({
    "GET,/letters,acl,GetBucketAcl",
    "GET,/letters,versioning,GetBucketVersioning",
    "PUT,/letters/k,tagging,PutObjectTagging",
    "GET,/letters/k,uploadId,GetObjectUploadId",
    "GET,/letters,uploads,GetBucketUploads",
    "GET,/letters,'',ListObjects",
    "PUT,/other,'',CreateBucket"
  })
  void whatIsNotSupportedIsNamed(String method, String path, String subresource, String operation) {
    Map<String, String> query = subresource.isEmpty() ? Map.of() : Map.of(subresource, "");
    assertThat(text(call(method, path, query, Map.of(), "")))
        .startsWith("501 ")
        .contains("<Message>The local cloud does not support S3 " + operation + "</Message>");
  }

  @ParameterizedTest
  @CsvSource({
    "range,bytes=0-1",
    "if-none-match,*",
    "x-amz-copy-source,/letters/b",
    "x-amz-server-side-encryption,aws:kms"
  })
  void aHeaderThatWouldChangeWhatIsDoneIsNotPassedOver(String header, String value) {
    assertThat(put("/letters/k", Map.of(header, value), "x").status()).isEqualTo(501);
  }

  @Test
  void strangersHaveNoBucketsHere() {
    assertThat(text(put("/letters/k", Map.of("x-amz-expected-bucket-owner", "123456789012"), "x")))
        .startsWith("403 ")
        .contains("AccessDenied");
    assertThat(text(put("/none/k", Map.of(), "x"))).startsWith("404 ").contains("NoSuchBucket");
    assertThat(call("HEAD", "/letters").status()).isEqualTo(200);
    assertThat(call("HEAD", "/none").status()).isEqualTo(404);
    assertThat(found(call("GET", "/"), "Name")).containsExactly("letters");
    assertThatThrownBy(() -> buckets.make("letters")).isInstanceOf(AwsException.class);
  }

  /** Members of S3's requests are headers: one that nothing here acts on is refused by its name. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "x-amz-acl",
        "x-amz-tagging",
        "x-amz-copy-source",
        "x-amz-website-redirect-location",
        "x-amz-storage-class",
        "x-amz-object-lock-mode",
        "x-amz-request-payer",
        "x-amz-mfa",
        "x-amz-grant-read",
        "x-amz-server-side-encryption-aws-kms-key-id",
        "x-amz-server-side-encryption-customer-key",
        "x-amz-write-offset-bytes",
        "x-amz-nonsense",
        "expires",
        "content-language",
        "content-encoding",
        "range",
        "if-match",
        "if-none-match"
      })
  void aHeaderThatNothingActsOnIsRefusedByItsName(String header) {
    assertThat(text(call("PUT", "/letters/k", Map.of(), Map.of(header, "x"), "b")))
        .startsWith("501 ")
        .contains(
            "<Message>The local cloud does not support S3 PutObject with " + header + "</Message>");
  }
}
