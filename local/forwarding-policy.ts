/**
 * The parts of a request that CloudFront's policies forward to an origin, beyond those that CloudFront always sends.
 */
import type { Json, JsonObject } from "./terraform-json";

export interface Forwarding {
  /** True for all headers but those in `headers`, false for only those. */
  all: boolean;
  /** Lower-case names. */
  headers: readonly string[];
  query: boolean;
}

const NOTHING: Forwarding = { all: false, headers: [], query: false };

/**
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html
 */
export const MANAGED_FORWARDING: Readonly<Record<string, Forwarding>> = {
  "4135ea2d-6df8-44a3-9df3-4b5a84be39ad": NOTHING, // CachingDisabled
  "658327ea-f89d-4fab-a63d-7e88639e58f6": NOTHING, // CachingOptimized
  "216adef6-5c7f-47e4-b989-5492eafa07d3": { all: true, headers: [], query: true }, // AllViewer
  "b689b0a8-53d0-40ab-baf2-68738e2966ac": { all: true, headers: ["host"], query: true }, // AllViewerExceptHostHeader
};

/** @param policy a cache policy's or origin request policy's settings, as Terraform has them */
export function forwardingOf(policy: JsonObject): Forwarding {
  const headers = block(policy["headers_config"]);
  const items = (block(headers["headers"])["items"] ?? []) as string[];
  const behavior = headers["header_behavior"];
  return {
    all: behavior === "allViewer" || behavior === "allExcept",
    headers: items.map((name) => name.toLowerCase()),
    query: block(policy["query_strings_config"])["query_string_behavior"] === "all",
  };
}

/** The union of what a cache policy and an origin request policy forward. */
export function together(policies: readonly Forwarding[]): Forwarding {
  return policies.reduce((one, other): Forwarding => {
    const query = one.query || other.query;
    if (!one.all && !other.all) return { all: false, headers: [...one.headers, ...other.headers], query };
    const headers = one.headers.filter((name) => !forwards(other, name));
    return one.all
      ? { all: true, headers, query }
      : { all: true, headers: other.headers.filter((name) => !one.headers.includes(name)), query };
  }, NOTHING);
}

/** @param name in lower case */
export function forwards({ all, headers }: Forwarding, name: string): boolean {
  return headers.includes(name) !== all;
}

/** A block of Terraform's JSON is an object or a list of one. */
function block(value: Json | undefined): JsonObject {
  return ((Array.isArray(value) ? value[0] : value) ?? {}) as JsonObject;
}
