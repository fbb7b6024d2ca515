import { SecretsmanagerSecret } from "@cdktf/provider-aws/lib/secretsmanager-secret";
import { SecretsmanagerSecretVersion } from "@cdktf/provider-aws/lib/secretsmanager-secret-version";
import { TerraformStack, TerraformVariable } from "cdktf";
import { Construct } from "constructs";
import type { Config } from "../config/schema";
import type { StoredSecret } from "../session/client-authentication";
import { clientSecretName, secretRecoveryDays } from "./names";

export interface ClientSecretProps {
  config: Config;
  /** Its ID in the config. */
  provider: string;
  content: StoredSecret;
}

/**
 * The client secret, or the private keys, of the gateway at an identity provider. An operator stores it (`edgegate
 * secrets put`), or Terraform stores it from an ephemeral variable through a write-only argument. An ephemeral value
 * may not decide whether a resource exists, so a plain number does: 0 means that an operator stores it.
 *
 * https://developer.hashicorp.com/terraform/language/resources/ephemeral/write-only
 */
export class ClientSecret extends Construct {
  constructor(scope: Construct, id: string, { config, provider, content }: ClientSecretProps) {
    super(scope, id);
    const stack = TerraformStack.of(this);
    const name = clientSecretName(config, provider);
    // Names that a shell accepts in TF_VAR_…
    const variable = `idp_${provider.replaceAll("-", "_")}_${content.replace(" ", "_")}`;

    const value = new TerraformVariable(stack, variable, {
      type: "string",
      sensitive: true,
      description: `The ${content} of "${provider}", if Terraform is to store it; never in plan or state. Takes effect when ${variable}_version is raised.`,
    });
    value.addOverride("default", null);
    value.addOverride("ephemeral", true);
    const version = new TerraformVariable(stack, `${variable}_version`, {
      type: "number",
      default: 0,
      description: `0: the value of the secret ${name} is stored by hand. Raise it to store ${variable}; if you set it back to 0, the stored value stays.`,
    });
    version.addValidation({
      condition: `\${var.${version.friendlyUniqueId} == 0 || var.${value.friendlyUniqueId} != null}`,
      errorMessage: `Give ${variable} too (TF_VAR_${variable}), or leave ${variable}_version at 0: the stored value stays.`,
    });

    const secret = new SecretsmanagerSecret(this, "Resource", {
      name,
      description: `${content === "client secret" ? "Client secret" : "Private keys"} of ${config.name} at its identity provider "${provider}"`,
      recoveryWindowInDays: secretRecoveryDays(config),
      ...(config.kmsKeyArn !== undefined && { kmsKeyId: config.kmsKeyArn }),
    });
    const stored = new SecretsmanagerSecretVersion(this, "version", {
      secretId: secret.id,
      secretStringWo: value.stringValue,
      secretStringWoVersion: version.numberValue,
    });
    stored.addOverride("count", `\${var.${version.friendlyUniqueId} > 0 ? 1 : 0}`);
  }
}
