/** Reads the edge part of the synthesized stack from its `cdk.tf.json`. */
import { matchesPattern } from "../cloudfront/path-pattern";
import type { AuthParameter } from "../session/settings";
import { corsPolicy, type CorsPolicy } from "./cors";
import { forwardingOf, MANAGED_FORWARDING, together, type Forwarding } from "./forwarding-policy";
import { readTerraformJson, type Json, type JsonObject } from "./terraform-json";

export interface EdgeLambda {
  functionName: string;
  /** Path of the deployed zip. */
  zip: string;
}

export interface Behavior {
  /** CloudFront path pattern; `*` for the default behavior. */
  path: string;
  allowedMethods: string[];
  /** Source of the CloudFront Function on viewer requests. */
  gate?: string;
  /** The Lambda@Edge function on viewer requests. */
  lambda?: EdgeLambda;
  /** The Lambda@Edge function on origin requests. */
  originRequest?: EdgeLambda;
  /** The Lambda@Edge function on origin responses. */
  originResponse?: EdgeLambda;
  /** `s3` or the domain name of a server; the first origin of a group. */
  origin: string;
  /** The prefix that CloudFront adds to the path of each request; empty if there is none. */
  originPath: string;
  /** Seconds for which CloudFront waits for the response, and for each further part of it. */
  originTimeout: number;
  /** The headers that CloudFront adds to requests for the origin. */
  originHeaders: [name: string, value: string][];
  /** The parts of a request that the origin gets. */
  forwards: Forwarding;
  responseHeaders: ResponseHeader[];
  /** How scripts of other sites may read responses; undefined if not at all. */
  cors?: CorsPolicy;
}

/** A header that the response headers policy sets. Without `override`, the origin's own header wins. */
export interface ResponseHeader {
  name: string;
  value: string;
  override: boolean;
}

export interface Distribution {
  /** In the order in which CloudFront tries them; the default behavior is last. */
  behaviors: Behavior[];
  /** The path that CloudFront requests from the origin for `/`; empty for `/` itself. */
  rootObject: string;
  /** SSM parameters: name to value. */
  parameters: Record<string, string>;
  authSettings: AuthParameter;
}

/** Seconds; CloudFront's default. */
const ORIGIN_TIMEOUT = 30;

/** @throws Error for a file that is not a synthesized gateway, or that the local edge cannot emulate */
export function readDistribution(file: string): Distribution {
  const stack = readTerraformJson(file);
  const distribution = single(stack.resources("aws_cloudfront_distribution"), "aws_cloudfront_distribution");
  const origins = Object.fromEntries(
    list(distribution["origin"]).map((origin) => {
      const server = list(origin["custom_origin_config"])[0] ?? list(origin["vpc_origin_config"])[0];
      return [
        String(origin["origin_id"]),
        {
          origin: server ? stack.text(origin["domain_name"], "origin.domain_name") : "s3",
          originPath: typeof origin["origin_path"] === "string" ? origin["origin_path"] : "",
          originHeaders: list(origin["custom_header"]).map((header): [string, string] => [
            stack.text(header["name"], "origin.custom_header.name"),
            stack.text(header["value"], "origin.custom_header.value"),
          ]),
          originTimeout: Number(server?.["origin_read_timeout"] ?? ORIGIN_TIMEOUT),
        },
      ];
    }),
  );
  for (const group of list(distribution["origin_group"]))
    origins[String(group["origin_id"])] = origins[String(list(group["member"])[0]!["origin_id"])]!;

  function gateOf(behavior: JsonObject): string | undefined {
    const reference = associationOn("viewer-request", behavior["function_association"], "function_arn");
    if (reference === undefined) return undefined;
    const name = stack.nameOf("aws_cloudfront_function", reference);
    const gate = name === undefined ? undefined : stack.resources("aws_cloudfront_function")[name];
    if (!gate) throw new Error(`${file}: there is no CloudFront Function ${String(reference)}`);
    return stack.text(gate["code"], `aws_cloudfront_function.${name}.code`);
  }

  function lambdaOf(event: string, behavior: JsonObject): EdgeLambda | undefined {
    const reference = associationOn(event, behavior["lambda_function_association"], "lambda_arn");
    if (reference === undefined) return undefined;
    const name = stack.nameOf("aws_lambda_function", reference);
    const lambda = name === undefined ? undefined : stack.resources("aws_lambda_function")[name];
    if (!lambda) throw new Error(`${file}: there is no Lambda function ${String(reference)}`);
    return {
      functionName: stack.text(lambda["function_name"], `aws_lambda_function.${name}.function_name`),
      zip: stack.path(stack.text(lambda["filename"], `aws_lambda_function.${name}.filename`)),
    };
  }

  function headersOf(behavior: JsonObject): Pick<Behavior, "responseHeaders" | "cors"> {
    const name = stack.nameOf("aws_cloudfront_response_headers_policy", behavior["response_headers_policy_id"]);
    const written = name === undefined ? undefined : stack.resources("aws_cloudfront_response_headers_policy")[name];
    if (!written) return { responseHeaders: [] };
    const policy = stack.evaluate(written) as JsonObject;
    const cors = list(policy["cors_config"])[0];
    return { responseHeaders: responseHeaders(policy), ...(cors && { cors: corsPolicy(cors) }) };
  }

  function forwardsOf(behavior: JsonObject): Forwarding {
    const named: [type: string, id: Json | undefined][] = [
      ["aws_cloudfront_cache_policy", behavior["cache_policy_id"]],
      ["aws_cloudfront_origin_request_policy", behavior["origin_request_policy_id"]],
    ];
    return together(
      named.flatMap(([type, id]) => {
        if (typeof id !== "string") return [];
        const name = stack.nameOf(type, id);
        const forwarding = name === undefined ? MANAGED_FORWARDING[id] : forwardingOf(settingsOf(type, name));
        if (!forwarding) throw new Error(`${file}: there is no managed policy ${id}`);
        return [forwarding];
      }),
    );
  }

  function settingsOf(type: string, name: string): JsonObject {
    const policy = stack.evaluate(stack.resources(type)[name]!) as JsonObject;
    return list(policy["parameters_in_cache_key_and_forwarded_to_origin"])[0] ?? policy;
  }

  function read(behavior: JsonObject): Behavior {
    const gate = gateOf(behavior);
    const lambda = lambdaOf("viewer-request", behavior);
    const originRequest = lambdaOf("origin-request", behavior);
    const originResponse = lambdaOf("origin-response", behavior);
    const origin = origins[String(behavior["target_origin_id"])];
    if (origin === undefined) throw new Error(`${file}: there is no origin ${String(behavior["target_origin_id"])}`);
    return {
      path: typeof behavior["path_pattern"] === "string" ? behavior["path_pattern"] : "*",
      allowedMethods: stack.evaluate(behavior["allowed_methods"] ?? []) as string[],
      ...(gate !== undefined && { gate }),
      ...(lambda && { lambda }),
      ...(originRequest && { originRequest }),
      ...(originResponse && { originResponse }),
      ...origin,
      forwards: forwardsOf(behavior),
      ...headersOf(behavior),
    };
  }

  const parameters = Object.fromEntries(
    Object.entries(stack.resources("aws_ssm_parameter")).map(([name, parameter]) => [
      stack.text(parameter["name"], `aws_ssm_parameter.${name}.name`),
      stack.text(parameter["insecure_value"] ?? parameter["value"], `aws_ssm_parameter.${name}.value`),
    ]),
  );
  // The bearer handler has a settings parameter, too.
  const settings = Object.values(parameters)
    .map((text) => JSON.parse(text) as AuthParameter)
    .filter((parameter) => "identityProviders" in parameter);
  if (settings.length !== 1)
    throw new Error(`${file}: expected one SSM parameter with the auth handler's settings; found ${settings.length}`);
  return {
    behaviors: [...list(distribution["ordered_cache_behavior"]), ...list(distribution["default_cache_behavior"])].map(
      read,
    ),
    rootObject: typeof distribution["default_root_object"] === "string" ? distribution["default_root_object"] : "",
    parameters,
    authSettings: settings[0]!,
  };
}

/** The behavior that answers a path: the first whose pattern matches. */
export function behaviorFor(distribution: Distribution, path: string): Behavior {
  return distribution.behaviors.find((behavior) => matchesPattern(behavior.path, path))!;
}

/** https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources/cloudfront_response_headers_policy */
function responseHeaders(policy: JsonObject): ResponseHeader[] {
  const security = list(policy["security_headers_config"])[0] ?? {};
  const part = (name: string) => list(security[name])[0];
  const header = (name: string, from: JsonObject | undefined, value: (from: JsonObject) => string): ResponseHeader[] =>
    from ? [{ name, value: value(from), override: from["override"] === true }] : [];
  return [
    ...header("strict-transport-security", part("strict_transport_security"), (from) =>
      [
        `max-age=${String(from["access_control_max_age_sec"])}`,
        ...(from["include_subdomains"] ? ["includeSubDomains"] : []),
        ...(from["preload"] ? ["preload"] : []),
      ].join("; "),
    ),
    ...header("x-content-type-options", part("content_type_options"), () => "nosniff"),
    ...header("x-frame-options", part("frame_options"), (from) => String(from["frame_option"])),
    ...header("referrer-policy", part("referrer_policy"), (from) => String(from["referrer_policy"])),
    ...header("content-security-policy", part("content_security_policy"), (from) =>
      String(from["content_security_policy"]),
    ),
    ...list(list(policy["custom_headers_config"])[0]?.["items"]).flatMap((item) =>
      header(String(item["header"]).toLowerCase(), item, (from) => String(from["value"])),
    ),
  ];
}

function associationOn(event: string, associations: Json | undefined, argument: string): Json | undefined {
  return list(associations).find((association) => association["event_type"] === event)?.[argument];
}

/** A block of Terraform's JSON is an object or a list of them. */
function list(block: Json | undefined): JsonObject[] {
  if (block === undefined || block === null) return [];
  return (Array.isArray(block) ? block : [block]) as JsonObject[];
}

function single(resources: Record<string, JsonObject>, type: string): JsonObject {
  const [only, ...more] = Object.values(resources);
  if (!only || more.length > 0)
    throw new Error(`expected one ${type} in the synthesized stack, found ${Object.keys(resources).length}`);
  return only;
}
