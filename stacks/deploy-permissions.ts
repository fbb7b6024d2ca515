/**
 * IAM policies for the roles that deploy or plan a gateway. `permissions/` lists the needs of each type of resource.
 */
import type { Config } from "../config/schema";
import { stateOf } from "./base-stack";
import { policyDocument, type Statement } from "./iam";
import { DATA_NEEDS } from "./permissions/data";
import { EDGE_NEEDS } from "./permissions/edge";
import { FUNCTIONS_NEEDS } from "./permissions/functions";
import { MONITORING_NEEDS } from "./permissions/monitoring";
import type { Names, NeedsByType } from "./permissions/needs";

const NEEDS: NeedsByType = { ...EDGE_NEEDS, ...DATA_NEEDS, ...FUNCTIONS_NEEDS, ...MONITORING_NEEDS };

/** The types of resources that the policies know. */
export const KNOWN_TYPES = Object.keys(NEEDS);

/** Terraform's own: nothing in AWS. */
const WITHOUT_PERMISSIONS = ["terraform_data"];

/** Characters of a managed policy (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html). */
const MAX_POLICY = 6_144;

/**
 * Managed policies for the role that deploys a stack with these types of resources. The role needs all of them.
 *
 * @throws Error if a type is not known here
 */
export function deployPolicies(config: Config, types: readonly string[]): string[] {
  return policies("Deploy", [...resourceUse(config, types), ...keyUse(config), ...stateUse(config)]);
}

/**
 * The same for a role that only plans: read permissions. A plan for a pull request runs the pull request's code, so
 * these policies allow no writes, not even of the state's lock, and no reads of secrets.
 *
 * @throws Error if a type is not known here
 */
export function planPolicies(config: Config, types: readonly string[]): string[] {
  const reads = resourceUse(config, types).filter(({ action }) => READS.test(action) && !SECRET.has(action));
  return policies("Plan", [...reads, ...stateRead(config)]);
}

const READS = /:(Get|Describe|List)/;
/** Terraform needs it if it stores a client secret itself: such a stack cannot be planned without the secret. */
const SECRET = new Set(["secretsmanager:GetSecretValue"]);

/** Documents of managed policies with these grants. */
function policies(sid: string, grants: readonly Grant[]): string[] {
  const documents: Statement[][] = [[]];
  for (const statement of merged(sid, grants)) {
    const last = documents.at(-1)!;
    if (policyDocument([...last, statement]).length > MAX_POLICY) documents.push([statement]);
    else last.push(statement);
  }
  return documents.map(policyDocument);
}

function resourceUse(config: Config, types: readonly string[]): Grant[] {
  const account = config.accountId ?? "*";
  const names: Names = {
    config,
    arn: (service, resource) => `arn:aws:${service}:us-east-1:${account}:${resource}`,
    global: (service, resource) => `arn:aws:${service}::${account}:${resource}`,
  };
  return types
    .filter((type) => !WITHOUT_PERMISSIONS.includes(type))
    .flatMap((type) => {
      const needs = NEEDS[type];
      if (!needs) throw new Error(`stacks/permissions/ does not know what ${type} needs`);
      return Object.entries(needs).flatMap(([of, resourcesOf]) => {
        const [service, actions] = of.split(":") as [string, string];
        return actions.split(" ").map((action) => ({ action: `${service}:${action}`, resources: resourcesOf(names) }));
      });
    });
}

interface Grant {
  action: string;
  resources: string[];
}

/** https://docs.aws.amazon.com/kms/latest/developerguide/grants.html: DynamoDB's grant, and what encrypts new secrets. */
function keyUse({ kmsKeyArn }: Config): Grant[] {
  if (kmsKeyArn === undefined) return [];
  return ["CreateGrant", "DescribeKey", "Decrypt", "GenerateDataKey"].map((action) => ({
    action: `kms:${action}`,
    resources: [kmsKeyArn],
  }));
}

/** https://developer.hashicorp.com/terraform/language/backend/s3#permissions-required */
function stateUse(config: Config): Grant[] {
  const state = stateOf(config);
  if (!state) return [];
  const bucket = `arn:aws:s3:::${state.bucket}`;
  const objects = [`${bucket}/${state.key}`, `${bucket}/${state.key}.tflock`];
  return [
    { action: "s3:ListBucket", resources: [bucket] },
    { action: "s3:GetObject", resources: objects },
    { action: "s3:PutObject", resources: objects },
    { action: "s3:DeleteObject", resources: objects.slice(1) },
  ];
}

/** Without the lock. */
function stateRead(config: Config): Grant[] {
  const state = stateOf(config);
  if (!state) return [];
  const bucket = `arn:aws:s3:::${state.bucket}`;
  return [
    { action: "s3:ListBucket", resources: [bucket] },
    { action: "s3:GetObject", resources: [`${bucket}/${state.key}`] },
  ];
}

/** One statement for all actions on the same resources. */
function merged(sid: string, grants: readonly Grant[]): Statement[] {
  const byAction = new Map<string, Set<string>>();
  for (const { action, resources } of grants)
    byAction.set(action, new Set([...(byAction.get(action) ?? []), ...resources]));
  const byResources = new Map<string, string[]>();
  for (const [action, resources] of byAction) {
    if (resources.size === 0) continue;
    const key = JSON.stringify([...resources].sort());
    byResources.set(key, [...(byResources.get(key) ?? []), action]);
  }
  return [...byResources].map(([resources, actions], place) => ({
    Sid: `${sid}${place}`,
    Effect: "Allow",
    Action: actions.sort(),
    Resource: JSON.parse(resources) as string[],
  }));
}
