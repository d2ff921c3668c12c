package agentpost.infra;

import agentpost.catalog.ResourceNames;
import agentpost.schemas.EventSchemas;
import agentpost.schemas.SchemaText;
import software.amazon.awscdk.services.eventschemas.CfnRegistry;
import software.amazon.awscdk.services.eventschemas.CfnSchema;
import software.constructs.Construct;

/** Every version of every schema, where people look events up: {@code user.signed_up@1}. */
final class SchemaRegistry extends Construct {
  SchemaRegistry(Construct scope, ResourceNames names, EventSchemas schemas) {
    super(scope, "Schemas");
    CfnRegistry registry =
        CfnRegistry.Builder.create(this, "Registry")
            .registryName(names.prefix())
            .description("The events of " + names.prefix())
            .build();
    for (String type : schemas.eventTypes()) {
      schemas
          .versions(type)
          .forEach(
              version ->
                  CfnSchema.Builder.create(this, type + "@" + version)
                      .registryName(registry.getAttrRegistryName())
                      .schemaName(type + "@" + version)
                      .type("JSONSchemaDraft4")
                      .content(SchemaText.write(schemas.document(type, version)))
                      .build());
    }
  }
}
