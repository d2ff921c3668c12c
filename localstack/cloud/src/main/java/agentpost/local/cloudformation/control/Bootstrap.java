package agentpost.local.cloudformation.control;

import agentpost.local.s3.S3Service;
import agentpost.local.ssm.ParameterStore;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;

/** What {@code cdk bootstrap} leaves in an account for {@code cdk deploy}. */
public final class Bootstrap {
  private static final String PARAMETER = "/cdk-bootstrap/hnb659fds/version";

  /** Of what the CDK's command of today makes ("bootstrap-template.yaml", CdkBootstrapVersion). */
  private static final String VERSION = "33";

  private Bootstrap() {}

  public static void make(S3Service buckets, ParameterStore parameters) {
    buckets.make(UploadedFiles.BUCKET);
    parameters
        .service()
        .call(
            "PutParameter",
            JsonNodeFactory.instance
                .objectNode()
                .put("Name", PARAMETER)
                .put("Type", "String")
                .put("Value", VERSION));
  }
}
