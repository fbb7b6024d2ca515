/** `edgegate permissions`: writes the IAM policies of whoever deploys the gateway, and those that protect its keys. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { isAttached } from "../../config/distribution";
import { loadConfig } from "../../config/load";
import type { Config } from "../../config/schema";
import { authFunctionName } from "../../stacks/names";
import { configFile } from "../config-file";
import { CommandFailure } from "../failures";
import type { GlobalOptions } from "../options";
import { facts, type Outcome } from "../output";

interface PermissionsOptions extends GlobalOptions {
  out: string;
  protectKeys?: boolean;
  store?: string;
}

export async function permissions({ out, protectKeys, store, ...options }: PermissionsOptions): Promise<Outcome> {
  const file = configFile(options);
  const config = loadConfig(file);
  if (store !== undefined && !protectKeys)
    throw new CommandFailure("usage", "--store goes with --protect-keys", "add --protect-keys, or leave --store out");
  if (protectKeys) return protectingPolicies(config, out, store);
  const [{ synthesize }, { deployPolicies }] = await Promise.all([
    import("../../stacks/synthesize"),
    import("../../stacks/deploy-permissions"),
  ]);
  const outdir = mkdtempSync(join(tmpdir(), "edgegate-permissions-"));
  try {
    const { stackDir } = synthesize(config, { outdir });
    const { resource } = JSON.parse(readFileSync(join(stackDir, "cdk.tf.json"), "utf8")) as { resource: object };
    mkdirSync(out, { recursive: true });
    const written = deployPolicies(config, Object.keys(resource)).map((policy, place) => {
      return write(join(out, `${config.name}-deploy-${place + 1}.json`), policy);
    });
    return {
      json: { written },
      text:
        `Whoever deploys "${config.name}" needs all of these managed policies\n` +
        facts([
          ["config", relative("", file)],
          ...written.map((path): [string, string] => ["written", relative("", path)]),
          ...(isAttached(config) ? [["distribution", ofTheOwner(config)] as [string, string]] : []),
        ]),
    };
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

/** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-edge-permissions.html */
function ofTheOwner(config: Config): string {
  return `whoever changes yours also needs lambda:GetFunction and lambda:EnableReplication* on ${authFunctionName(config)}:*`;
}

/** What keeps everybody but the gateway's functions from the keys that sign sessions. */
async function protectingPolicies(config: Config, out: string, store: string | undefined): Promise<Outcome> {
  const { keyProtection } = await import("../../stacks/key-protection");
  const { serviceControlPolicy, identityPolicy } = keyProtection(config, store);
  mkdirSync(out, { recursive: true });
  const scp = write(join(out, `${config.name}-protect-keys-scp.json`), serviceControlPolicy);
  const iam = write(join(out, `${config.name}-protect-keys-iam.json`), identityPolicy);
  return {
    json: { written: [scp, iam], store: store ?? null },
    text:
      `Nobody but the functions of "${config.name}" may read or write the keys that sign sessions\n` +
      facts([
        ["SCP", `${relative("", scp)}: for the account, in AWS Organizations`],
        ["IAM", `${relative("", iam)}: for people and roles that may read everything`],
        ["store", store ?? "every KeyValueStore of the account; --store <arn> names the gateway's"],
      ]),
  };
}

function write(path: string, policy: string): string {
  writeFileSync(path, `${JSON.stringify(JSON.parse(policy), null, 2)}\n`);
  return path;
}
