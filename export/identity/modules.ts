import type { Config } from "../../config/schema";
import { cognitoModule } from "./cognito-module";
import { entraModule } from "./entra-module";
import type { IdentityModule } from "./identity-module";
import { managedClients } from "./managed-clients";

/** A module for each identity provider whose client Terraform makes, in the config's order. */
export function identityModules(config: Config): IdentityModule[] {
  return managedClients(config).map((client) =>
    client.kind === "app" ? entraModule(config, client) : cognitoModule(config, client),
  );
}
