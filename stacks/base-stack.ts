import { LocalBackend, S3Backend, TerraformElement, TerraformOutput, TerraformStack } from "cdktf";
import type { Node } from "constructs";
import { literal } from "./terraform-text";

/** Write-only arguments need 1.11. */
const TERRAFORM_VERSION = ">= 1.11";

/** The code is written against 5.100 and avoids arguments that only one major version has, so both work. */
export const AWS_PROVIDER = { source: "hashicorp/aws", version: ">= 5.100, < 7.0" };

export interface StateLocation {
  bucket: string;
  key: string;
  region: string;
}

/** The place of the gateway's own state, from the config. */
export function stateOf(config: {
  name: string;
  state?: { bucket: string; key?: string | undefined; region: string } | undefined;
}): StateLocation | undefined {
  const { name, state } = config;
  return state && { ...state, key: state.key ?? `edgegate/${name}.tfstate` };
}

/**
 * The key of a state beside the gateway's: `edgegate/wiki.tfstate` to `edgegate/wiki.entra.main.tfstate`. Neither a
 * gateway's nor a provider's name has a dot, so no other state has this key.
 */
export function besideKey(key: string, name: string): string {
  return key.replace(/(\.tfstate)?$/, (extension) => `.${name}${extension}`);
}

/** A stack that people read in plans: short addresses, a backend that is the same on every machine, outputs. */
export abstract class BaseStack extends TerraformStack {
  /**
   * @param settings.providers the versions that the stack supports, by the provider's local name
   * @param settings.state by default a local file
   * @param settings.localName unique in the checkout; part of the local file's name
   */
  protected configureTerraform(settings: {
    providers: Record<string, { source: string; version: string }>;
    state: StateLocation | undefined;
    localName: string;
  }): void {
    this.addOverride("terraform.required_version", TERRAFORM_VERSION);
    for (const [name, provider] of Object.entries(settings.providers))
      this.addOverride(`terraform.required_providers.${name}`, provider);
    if (settings.state) {
      const { bucket, key, region } = literal(settings.state);
      new S3Backend(this, { bucket, key, region, encrypt: true });
      this.addOverride("terraform.backend.s3.use_lockfile", true);
    } else {
      // In the checkout, where CDKTF would put it, but without the checkout's own path.
      new LocalBackend(this, { path: `../../../terraform.${settings.localName}.tfstate` });
    }
  }

  protected addOutputs(values: Record<string, [description: string, value: unknown]>): void {
    for (const [name, [description, value]] of Object.entries(values)) {
      new TerraformOutput(this, name, { value, ...(description === "" ? {} : { description }) });
    }
  }

  /**
   * `aws_s3_bucket_policy.site_policy`, not `…_1F2E3D4C`: people read these in plans. A construct's main resource is
   * named after it.
   */
  protected override allocateLogicalId(element: TerraformElement | Node): string {
    const { scopes } = TerraformElement.isTerraformElement(element) ? element.node : element;
    return scopes
      .slice(scopes.indexOf(this) + 1)
      .map(({ node }) => node.id)
      .filter((id) => id !== "Resource")
      .join("_")
      .replace(/[^A-Za-z0-9_-]/g, "_");
  }
}
