/**
 * `edgegate permissions`: writes the IAM policies of the roles that deploy or plan, and those that protect the keys.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { isAttached } from "../../config/distribution";
import { loadConfig } from "../../config/load";
import type { Config } from "../../config/schema";
import type { Repository } from "../../stacks/permissions/repository";
import { authFunctionName } from "../../stacks/names";
import { configFile } from "../config-file";
import { usageFailure } from "../failures";
import type { GlobalOptions } from "../options";
import { facts, type Outcome } from "../output";

interface PermissionsOptions extends GlobalOptions {
  out: string;
  plan?: boolean;
  trust?: Repository;
  protectKeys?: boolean;
  store?: string;
}

export async function permissions(given: PermissionsOptions): Promise<Outcome> {
  const { out, plan, trust, protectKeys, store, ...options } = given;
  const file = configFile(options);
  const config = loadConfig(file);
  if (store !== undefined && !protectKeys)
    throw usageFailure("--store goes with --protect-keys", "add --protect-keys, or leave --store out");
  if (protectKeys && (plan || trust))
    throw usageFailure("--protect-keys writes other policies than --plan and --trust", "run the command twice");
  if (protectKeys) return protectingPolicies(config, out, store);
  return rolePolicies(config, file, given);
}

/** Policies of the role that deploys and of the role that only plans, with their trust policies. */
async function rolePolicies(config: Config, file: string, { out, plan, trust }: PermissionsOptions): Promise<Outcome> {
  const { accountId } = config;
  if (trust && accountId === undefined)
    throw usageFailure(
      "--trust needs the account of the roles",
      'write accountId: "111122223333" into the config; Terraform then also refuses every other account',
    );
  const { deployPolicies, planPolicies } = await import("../../stacks/deploy-permissions");
  const types = await typesOfResources(config);
  const trusted = trust && (await import("../../stacks/permissions/trust")).trustPolicies(trust, accountId!);
  mkdirSync(out, { recursive: true });
  const writeAll = (kind: string, policies: readonly string[]) =>
    policies.map((policy, place) => write(join(out, `${config.name}-${kind}-${place + 1}.json`), policy));
  const writeTrust = (kind: string, policy: string | undefined) =>
    policy === undefined ? [] : [write(join(out, `${config.name}-${kind}-trust.json`), policy)];
  const deploying = [...writeAll("deploy", deployPolicies(config, types)), ...writeTrust("deploy", trusted?.deploy)];
  const planning =
    plan || trust ? [...writeAll("plan", planPolicies(config, types)), ...writeTrust("plan", trusted?.plan)] : [];
  const lines = (name: string, paths: readonly string[]) =>
    paths.map((path): [string, string] => [name, relative("", path)]);
  return {
    json: { written: [...deploying, ...planning] },
    text:
      `The role that deploys "${config.name}" needs all of these managed policies\n` +
      facts([
        ["config", relative("", file)],
        ...lines("deploy", deploying),
        ...lines("plan", planning),
        ...(isAttached(config) ? [["distribution", ofTheOwner(config)] as [string, string]] : []),
      ]),
  };
}

async function typesOfResources(config: Config): Promise<string[]> {
  const { synthesize } = await import("../../stacks/synthesize");
  const outdir = mkdtempSync(join(tmpdir(), "edgegate-permissions-"));
  try {
    const { stackDir } = synthesize(config, { outdir });
    const { resource } = JSON.parse(readFileSync(join(stackDir, "cdk.tf.json"), "utf8")) as { resource: object };
    return Object.keys(resource);
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

/** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-edge-permissions.html */
function ofTheOwner(config: Config): string {
  return `whoever changes yours also needs lambda:GetFunction and lambda:EnableReplication* on ${authFunctionName(config)}:*`;
}

/** Policies that let only the gateway's functions access the keys that sign sessions. */
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
