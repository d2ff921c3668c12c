package agentpost.infra;

import agentpost.catalog.ResourceNames;
import java.util.List;
import software.amazon.awscdk.Aws;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.RemovalPolicy;
import software.amazon.awscdk.services.s3.BlockPublicAccess;
import software.amazon.awscdk.services.s3.Bucket;
import software.amazon.awscdk.services.s3.BucketEncryption;
import software.amazon.awscdk.services.s3.LifecycleRule;
import software.amazon.awscdk.services.s3.ObjectOwnership;
import software.constructs.Construct;

/**
 * Where dead letters go that someone discards. No function has a right to it: a person's own rights
 * put them there. Kept when the stack is deleted.
 */
final class DiscardBucket extends Construct {
  /** A year, and a month to notice that something is missing. */
  private static final int RETENTION_DAYS = 400;

  private static final int OVERWRITTEN_RETENTION_DAYS = 30;

  private final Bucket bucket;

  DiscardBucket(Construct scope, ResourceNames names) {
    super(scope, "Discarded");
    bucket =
        Bucket.Builder.create(this, "Bucket")
            .bucketName(names.discardBucket(Aws.ACCOUNT_ID, Aws.REGION))
            .encryption(BucketEncryption.S3_MANAGED)
            .enforceSsl(true)
            .versioned(true)
            .blockPublicAccess(BlockPublicAccess.BLOCK_ALL)
            .objectOwnership(ObjectOwnership.BUCKET_OWNER_ENFORCED)
            .lifecycleRules(
                List.of(
                    LifecycleRule.builder()
                        .id("forget")
                        .expiration(Duration.days(RETENTION_DAYS))
                        .noncurrentVersionExpiration(Duration.days(OVERWRITTEN_RETENTION_DAYS))
                        .abortIncompleteMultipartUploadAfter(Duration.days(1))
                        .build()))
            // What a failed first deployment leaves would be in the way of the next.
            .removalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE)
            .build();
    NagSuppressions.suppress(
        bucket,
        "AwsSolutions-S1",
        "A log of accesses would be a second bucket to keep; who writes here is a person with a"
            + " command in hand, and CloudTrail's data events, where wanted, name them");
  }

  String name() {
    return bucket.getBucketName();
  }
}
