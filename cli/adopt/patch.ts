/** The changes to a distribution when the gateway is attached. */
import { ALL_METHODS, CACHED_METHODS } from "../../stacks/associations";
import { MANAGED_CACHE_POLICY } from "../../stacks/caching";
import { behaviorsOf, type AwsDistribution } from "./distribution";

/** A step of a JSON Patch (RFC 6902) on the distribution's config. */
export interface Operation {
  op: "add" | "replace";
  path: string;
  value: unknown;
}

export interface Change {
  /** The behavior. */
  path: string;
  /** In words. */
  text: string;
  /** Names of the viewer-request functions that the gate replaces. */
  displaced: string[];
}

/** Placeholder for a value from the gateway's outputs. */
const OUTPUT = {
  gate: "${function_association.function_arn}",
  auth: "${auth_behavior.lambda_function_association.viewer-request.lambda_arn}",
  responseHeaders: "${policies.response_headers_policy_id}",
};

export function changesOf(distribution: AwsDistribution, basePath = "/_gate"): Change[] {
  const origin = singleOrigin(distribution);
  return [
    {
      path: `${basePath}/*`,
      text: `new, as the first: auth_behavior with target_origin_id "${origin}"`,
      displaced: [],
    },
    ...behaviorsOf(distribution).map(({ path, behavior }): Change => {
      const displaced = behavior.FunctionAssociations.filter(({ EventType }) => EventType === "viewer-request").map(
        ({ FunctionARN }) => functionName(FunctionARN),
      );
      return {
        path: path === "*" ? "(default)" : path,
        text:
          displaced.length === 0
            ? "add function_association"
            : `function_association in the place of ${displaced.join(", ")}, which becomes viewerRequest.after`,
        displaced,
      };
    }),
  ];
}

/** The new behavior is added last, so that earlier indexes are those of the current config. */
export function operationsOf(distribution: AwsDistribution, basePath = "/_gate"): Operation[] {
  const { CacheBehaviors: behaviors } = distribution.config;
  const auth = authBehavior(singleOrigin(distribution), basePath);
  return [
    ...behaviorsOf(distribution).map(({ pointer, behavior }): Operation => {
      const others = behavior.FunctionAssociations.filter(({ EventType }) => EventType !== "viewer-request");
      return {
        op: "add",
        path: `${pointer}/FunctionAssociations`,
        value: listOf([...others, { EventType: "viewer-request", FunctionARN: OUTPUT.gate }]),
      };
    }),
    ...(behaviors.length === 0
      ? [{ op: "add", path: "/CacheBehaviors", value: listOf([auth]) } as const]
      : [
          { op: "add", path: "/CacheBehaviors/Items/0", value: auth } as const,
          { op: "replace", path: "/CacheBehaviors/Quantity", value: behaviors.length + 1 } as const,
        ]),
  ];
}

/** https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CacheBehavior.html */
function authBehavior(targetOriginId: string, basePath: string): object {
  return {
    PathPattern: `${basePath}/*`,
    TargetOriginId: targetOriginId,
    TrustedSigners: { Enabled: false, Quantity: 0 },
    TrustedKeyGroups: { Enabled: false, Quantity: 0 },
    ViewerProtocolPolicy: "https-only",
    AllowedMethods: { ...listOf(ALL_METHODS), CachedMethods: listOf(CACHED_METHODS) },
    SmoothStreaming: false,
    Compress: false,
    LambdaFunctionAssociations: listOf([
      { EventType: "viewer-request", LambdaFunctionARN: OUTPUT.auth, IncludeBody: true },
    ]),
    FunctionAssociations: { Quantity: 0 },
    FieldLevelEncryptionId: "",
    CachePolicyId: MANAGED_CACHE_POLICY.CachingDisabled,
    ResponseHeadersPolicyId: OUTPUT.responseHeaders,
  };
}

function listOf<Item>(items: readonly Item[]): { Quantity: number; Items: readonly Item[] } {
  return { Quantity: items.length, Items: items };
}

/** `rewrite` of `arn:aws:cloudfront::111122223333:function/rewrite`. */
export function functionName(arn: string): string {
  return arn.split("/").at(-1)!;
}

/** A group takes no POST, which the sign-in needs. */
function singleOrigin({ config }: AwsDistribution): string {
  const target = config.DefaultCacheBehavior.TargetOriginId;
  return config.OriginGroups.some(({ Id }) => Id === target) ? config.Origins.Items[0]!.Id : target;
}
