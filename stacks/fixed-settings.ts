import { DataResource } from "cdktf";
import { Construct } from "constructs";
import type { Config } from "../config/schema";
import { textExpression } from "./terraform-text";

/**
 * Settings that keep the value of the first deploy. Terraform's state stores them, and a plan with another value fails:
 * `ignore_changes` keeps the remembered value as `self.input`
 * (https://developer.hashicorp.com/terraform/language/expressions/custom-conditions#preconditions-and-postconditions).
 */
export class FixedSettings extends Construct {
  constructor(scope: Construct, id: string, { name, basePath }: Config) {
    super(scope, id);
    const settings = new DataResource(this, "Resource", { input: { name, base_path: basePath } });
    settings.lifecycle = {
      ignoreChanges: ["input"],
      postcondition: [
        {
          condition: `\${self.input.name == ${textExpression(name)}}`,
          errorMessage:
            `This state belongs to the gateway "\${self.input.name}". Another name would replace its ledger, keys and store, and end every session. ` +
            'Write name: "${self.input.name}" again. To deploy a second gateway, give it a state of its own.',
        },
        {
          condition: `\${self.input.base_path == ${textExpression(basePath)}}`,
          errorMessage:
            'This gateway was deployed with basePath: "${self.input.base_path}". A change breaks its redirect URIs and every sign-in in progress. ' +
            `Write basePath: "\${self.input.base_path}" again, or register the new URIs first and then apply with -replace=${settings.terraformResourceType}.${settings.friendlyUniqueId}.`,
        },
      ],
    };
  }
}
