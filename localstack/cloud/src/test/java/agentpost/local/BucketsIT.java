package agentpost.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agentpost.local.testing.Templates;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.Bucket;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.NoSuchBucketException;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;

/** Buckets by the AWS SDK's client, over a socket and in this JVM. */
class BucketsIT {
  @TempDir private static Path cdkOut;
  private static LocalCloud cloud;
  private static S3Client s3;

  @BeforeAll
  static void start() throws Exception {
    Templates.write(
        cdkOut,
        "buckets",
        """
        {"Resources":{
         "Letters":{"Type":"AWS::S3::Bucket","Properties":{"BucketName":"letters","VersioningConfiguration":{"Status":"Enabled"}}},
         "Policy":{"Type":"AWS::S3::BucketPolicy","Properties":{"Bucket":{"Ref":"Letters"},"PolicyDocument":{}}}},
         "Outputs":{"Arn":{"Value":{"Fn::GetAtt":["Letters","Arn"]}}}}\
        """);
    cloud = LocalCloud.start(new LocalCloudOptions(0, 1, 1));
    cloud.deploy(cdkOut);
    s3 =
        S3Client.builder()
            .endpointOverride(cloud.endpoint())
            .forcePathStyle(true)
            .region(Region.US_EAST_1)
            .credentialsProvider(
                StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test")))
            .httpClient(UrlConnectionHttpClient.create())
            .build();
  }

  @AfterAll
  static void stop() {
    s3.close();
    cloud.close();
  }

  private static void put(String key, String body) {
    s3.putObject(put -> put.bucket("letters").key(key), RequestBody.fromString(body));
  }

  @Test
  void objectsArePutReadHeadedAndDeleted() {
    put("one/ä b+c.json", "{\"ä\":1}");
    assertThat(
            s3.getObjectAsBytes(get -> get.bucket("letters").key("one/ä b+c.json")).asString(UTF_8))
        .isEqualTo("{\"ä\":1}");
    assertThat(s3.headObject(head -> head.bucket("letters").key("one/ä b+c.json")).contentLength())
        .isEqualTo(8);
    assertThat(s3.headBucket(head -> head.bucket("letters")).bucketRegion()).isEqualTo("us-east-1");
    s3.deleteObject(delete -> delete.bucket("letters").key("one/ä b+c.json"));
    assertThatThrownBy(
            () -> s3.getObjectAsBytes(get -> get.bucket("letters").key("one/ä b+c.json")))
        .isInstanceOf(NoSuchKeyException.class);
    assertThatThrownBy(() -> s3.headObject(head -> head.bucket("letters").key("one/ä b+c.json")))
        .isInstanceOf(NoSuchKeyException.class);
    assertThat(s3.listBuckets().buckets()).extracting(Bucket::name).contains("letters");
  }

  /** The client sends a checksum behind the chunks of the body, and holds what it reads to it. */
  @ParameterizedTest
  @EnumSource(
      value = ChecksumAlgorithm.class,
      names = {"CRC32", "CRC32_C", "SHA1", "SHA256"})
  void checksumsGoThereAndBack(ChecksumAlgorithm algorithm) {
    String body = "x".repeat(300_000);
    s3.putObject(
        put -> put.bucket("letters").key("checked").checksumAlgorithm(algorithm),
        RequestBody.fromString(body));
    assertThat(
            s3.getObjectAsBytes(get -> get.bucket("letters").key("checked").checksumMode("ENABLED"))
                .asByteArray())
        .hasSize(300_000);
  }

  @Test
  void aListingGoesThroughAllPages() {
    for (int i = 0; i < 12; i++) {
      put("many/" + (char) ('a' + i) + " +/x", "x");
    }
    List<String> keys =
        s3
            .listObjectsV2Paginator(list -> list.bucket("letters").prefix("many/").maxKeys(5))
            .contents()
            .stream()
            .map(S3Object::key)
            .toList();
    assertThat(keys).hasSize(12).startsWith("many/a +/x").isSorted();
  }

  @Test
  void whatIsNotThereIsToldAndWhatIsNotSupportedIsNamed() {
    assertThatThrownBy(
            () -> s3.putObject(put -> put.bucket("none").key("k"), RequestBody.fromString("x")))
        .isInstanceOf(NoSuchBucketException.class);
    assertThatThrownBy(() -> s3.createBucket(create -> create.bucket("other")))
        .isInstanceOf(S3Exception.class)
        .hasMessageContaining("does not support S3 CreateBucket");
    assertThatThrownBy(() -> s3.getBucketVersioning(get -> get.bucket("letters")))
        .hasMessageContaining("does not support S3 GetBucketVersioning");
  }

  @Test
  void aClientInThisJvmSeesTheSame() {
    put("shared", "x");
    try (S3Client inside = cloud.clients("test").create(S3Client.builder().forcePathStyle(true))) {
      assertThat(inside.getObjectAsBytes(get -> get.bucket("letters").key("shared")).asUtf8String())
          .isEqualTo("x");
      inside.putObject(put -> put.bucket("letters").key("inside"), RequestBody.fromString("y"));
    }
    assertThat(s3.getObjectAsBytes(get -> get.bucket("letters").key("inside")).asUtf8String())
        .isEqualTo("y");
  }
}
