/** The CORS part of a response headers policy, as CloudFront applies it to an origin's answers. */
import type { JsonObject } from "./terraform-json";

/** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-response-headers-policies.html#understanding-response-headers-policies-cors */
export interface CorsPolicy {
  origins: string[];
  methods: string[];
  headers: string[];
  exposeHeaders: string[];
  credentials: boolean;
  maxAge: number;
  override: boolean;
}

/** @param policy the block `cors_config` */
export function corsPolicy(policy: JsonObject): CorsPolicy {
  const items = (name: string) => {
    const value = policy[name];
    const block = (Array.isArray(value) ? value[0] : value) as JsonObject | undefined;
    return (block?.["items"] ?? []) as string[];
  };
  return {
    origins: items("access_control_allow_origins"),
    methods: items("access_control_allow_methods"),
    headers: items("access_control_allow_headers"),
    exposeHeaders: items("access_control_expose_headers"),
    credentials: policy["access_control_allow_credentials"] === true,
    maxAge: Number(policy["access_control_max_age_sec"] ?? 0),
    override: policy["origin_override"] === true,
  };
}

/** @param origin of the script; undefined for a request without one */
export function withCors<Response extends { headers: [name: string, value: string][] }>(
  response: Response,
  cors: CorsPolicy | undefined,
  origin: string | undefined,
): Response {
  const isForAll = cors?.origins.includes("*");
  if (!cors || origin === undefined || !(isForAll || cors.origins.includes(origin))) return response;
  const set: [name: string, value: string][] = [
    ["access-control-allow-origin", isForAll ? "*" : origin],
    ...(cors.credentials ? [["access-control-allow-credentials", "true"] as [string, string]] : []),
    ...(cors.exposeHeaders.length > 0
      ? [["access-control-expose-headers", cors.exposeHeaders.join(", ")] as [string, string]]
      : []),
    ...(isForAll ? [] : [["vary", "Origin"] as [string, string]]),
  ];
  const present = response.headers.map(([name]) => name.toLowerCase());
  const added = set.filter(([name]) => cors.override || !present.includes(name));
  const replaced = added.map(([name]) => name);
  return {
    ...response,
    headers: [
      ...response.headers.filter(([name]) => name.toLowerCase() === "vary" || !replaced.includes(name.toLowerCase())),
      ...added,
    ],
  };
}
