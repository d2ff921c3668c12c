package agentpost.infra;

import agentpost.catalog.ResourceNames;
import agentpost.catalog.SecretTags;
import agentpost.infra.catalog.Catalog;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import software.amazon.awscdk.RemovalPolicy;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.Tags;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.amazon.awscdk.services.kms.Key;
import software.amazon.awscdk.services.secretsmanager.CfnRotationSchedule;
import software.amazon.awscdk.services.secretsmanager.CfnSecret;
import software.amazon.awscdk.services.secretsmanager.Secret;
import software.amazon.awscdk.services.secretsmanager.SecretStringGenerator;
import software.constructs.Construct;

/** Makes the secrets, all under one KMS key. */
final class SecretFactory extends Construct {
  private static final String BY_HAND =
      "Who is elsewhere has to be given the new secret, so each rotation is begun by a person who"
          + " does that (docs/secrets.md)";
  private final ResourceNames names;
  private final Key key;

  SecretFactory(Construct scope, ResourceNames names) {
    super(scope, "Vault");
    this.names = names;
    key =
        Key.Builder.create(this, "Key")
            .alias(names.part("secrets"))
            .description("Encrypts the secrets of " + names.prefix())
            .enableKeyRotation(true)
            .removalPolicy(RemovalPolicy.DESTROY)
            .build();
  }

  /**
   * A secret that AWS generates, as JSON with its text under {@code field}: 64 letters and digits
   * are base64 of 48 bytes, so a webhook secret without its prefix.
   */
  Secret secret(Construct scope, String id, String name, String description, String field) {
    Secret secret =
        Secret.Builder.create(scope, id)
            .secretName(name)
            .description(description)
            .generateSecretString(
                SecretStringGenerator.builder()
                    .secretStringTemplate("{}")
                    .generateStringKey(field)
                    .passwordLength(64)
                    .excludePunctuation(true)
                    .build())
            .build();
    // By its ARN alone: who may use the key is for the functions' roles to say.
    ((CfnSecret) Objects.requireNonNull(secret.getNode().getDefaultChild()))
        .setKmsKeyId(key.getKeyArn());
    return secret;
  }

  /**
   * What the catalog says, as functions read it: no secret, but Secrets Manager answers 10,000
   * calls a second, and Parameter Store 40 (ADR 30).
   *
   * @return its ARN
   */
  String directory(Construct scope, String name, String whose, String text) {
    CfnSecret directory =
        CfnSecret.Builder.create(scope, "Directory")
            .name(name)
            .description("What the catalog says of " + whose + "; nothing in it is secret")
            .secretString(text)
            .kmsKeyId(key.getKeyArn())
            .build();
    NagSuppressions.suppress(
        directory, "AwsSolutions-SMG4", "Nothing in it is secret, so there is nothing to rotate");
    return directory.getRef();
  }

  /**
   * A secret that the rotation function rotates, by a schedule or when a person says so. What it
   * needs to know of it is in the secret's tags.
   */
  Secret rotatedSecret(
      Construct scope, String id, String name, String description, Catalog.SigningPolicy keys) {
    Secret secret = secret(scope, id, name, description, "current");
    Tags.of(secret).add(SecretTags.OVERLAP, Long.toString(keys.overlap().toSeconds()));
    Tags.of(secret).add(SecretTags.SIGNATURE, keys.scheme());
    keys.interval()
        .ifPresentOrElse(
            every ->
                CfnRotationSchedule.Builder.create(secret, "Rotation")
                    .secretId(secret.getSecretArn())
                    .rotationLambdaArn(rotationArn(scope))
                    .rotationRules(
                        CfnRotationSchedule.RotationRulesProperty.builder()
                            .automaticallyAfterDays((int) every.toDays())
                            .build())
                    // Or each deployment that changes the schedule would rotate.
                    .rotateImmediatelyOnUpdate(false)
                    .build(),
            () -> NagSuppressions.suppress(secret, "AwsSolutions-SMG4", BY_HAND));
    return secret;
  }

  /**
   * By its name: references from hundreds of nested stacks would make the root's template too
   * large.
   */
  private String rotationArn(Construct scope) {
    return Arns.withColon(scope, "lambda", "function", names.rotation());
  }

  /** The right to use the key for what Secrets Manager is asked for, and for nothing else. */
  PolicyStatement use(String... actions) {
    return PolicyStatement.Builder.create()
        .actions(List.of(actions))
        .resources(List.of(key.getKeyArn()))
        .conditions(
            Map.of(
                "StringEquals",
                Map.of(
                    "kms:ViaService",
                    "secretsmanager." + Stack.of(this).getRegion() + ".amazonaws.com")))
        .build();
  }
}
