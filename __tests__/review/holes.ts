/** Configurations of somebody else with a way around the gate, and what a check has to say about each. */

export type Block = Record<string, unknown>;
export type Resources = Record<string, Record<string, Block>>;

export const GATE = { event_type: "viewer-request", function_arn: "${aws_cloudfront_function.gate.arn}" };
const HANDLER = {
  event_type: "viewer-request",
  lambda_arn: "${aws_lambda_function.auth.qualified_arn}",
  include_body: true,
};
const OTHER = { event_type: "viewer-request", function_arn: "${aws_cloudfront_function.other.arn}" };
const COMMON = {
  target_origin_id: "files",
  viewer_protocol_policy: "redirect-to-https",
  allowed_methods: ["GET", "HEAD"],
  cached_methods: ["GET", "HEAD"],
  cache_policy_id: "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
};
const ENDPOINTS = { ...COMMON, path_pattern: "/_gate/*", lambda_function_association: [HANDLER] };
const DECIDED = { ...COMMON, function_association: [GATE] };

/** A distribution written by hand, with nothing undecided. */
function distribution(more: Block = {}): Block {
  return {
    enabled: true,
    origin: [
      {
        origin_id: "files",
        domain_name: "${aws_s3_bucket.files.bucket_regional_domain_name}",
        origin_access_control_id: "${aws_cloudfront_origin_access_control.files.id}",
      },
    ],
    ordered_cache_behavior: [ENDPOINTS, { ...DECIDED, path_pattern: "/assets/*" }],
    default_cache_behavior: DECIDED,
    restrictions: { geo_restriction: { restriction_type: "none" } },
    viewer_certificate: { cloudfront_default_certificate: true },
    ...more,
  };
}

const readableBy = (statement: Block) => ({
  aws_s3_bucket_policy: {
    files: {
      bucket: "${aws_s3_bucket.files.id}",
      policy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::files/*", ...statement }],
      }),
    },
  },
});

/** @param file of the gate's code @param more overrides resources of the same type and name */
export function resources(file: string, more: Resources = {}): Resources {
  const all: Resources = {
    aws_cloudfront_function: {
      gate: { name: "wiki-gate", runtime: "cloudfront-js-2.0", code: `\${file("${file}")}` },
      other: { name: "other", runtime: "cloudfront-js-2.0", code: "function handler(event) { return event.request; }" },
    },
    aws_lambda_function: {
      auth: {
        function_name: "wiki-auth",
        role: "arn:aws:iam::111122223333:role/auth",
        runtime: "nodejs22.x",
        handler: "index.handler",
        s3_bucket: "artifacts",
        s3_key: "auth.zip",
        publish: true,
      },
    },
    aws_s3_bucket: { files: { bucket: "files" } },
    aws_cloudfront_origin_access_control: {
      files: {
        name: "files",
        origin_access_control_origin_type: "s3",
        signing_behavior: "always",
        signing_protocol: "sigv4",
      },
    },
    aws_cloudfront_distribution: { site: distribution() },
  };
  for (const [type, named] of Object.entries(more)) all[type] = { ...all[type], ...named };
  return all;
}

const site = (more: Block): Resources => ({ aws_cloudfront_distribution: { site: distribution(more) } });
const second = (more: Block): Resources => ({
  aws_cloudfront_distribution: {
    second: distribution({ ordered_cache_behavior: [], default_cache_behavior: COMMON, ...more }),
  },
});

/** What is written, and the rules that it breaks: each once. */
export const HOLES: readonly (readonly [name: string, written: Resources, rules: string[]])[] = [
  ["nothing undecided", {}, []],
  ["a behavior without the gate", site({ default_cache_behavior: COMMON }), ["one-decision"]],
  [
    "the gate on the viewer response",
    site({ default_cache_behavior: { ...COMMON, function_association: [{ ...GATE, event_type: "viewer-response" }] } }),
    ["no-viewer-response-function", "one-decision"],
  ],
  [
    "the handler on the origin request",
    site({
      ordered_cache_behavior: [
        { ...ENDPOINTS, lambda_function_association: [{ ...HANDLER, event_type: "origin-request" }] },
      ],
    }),
    ["lost-endpoints", "one-decision"],
  ],
  [
    "another function on the viewer request",
    site({ default_cache_behavior: { ...COMMON, function_association: [OTHER] } }),
    ["one-decision"],
  ],
  [
    "a function on the viewer response",
    site({
      default_cache_behavior: { ...COMMON, function_association: [GATE, { ...OTHER, event_type: "viewer-response" }] },
    }),
    ["no-viewer-response-function"],
  ],
  [
    "a function that only the apply will know",
    site({
      default_cache_behavior: {
        ...COMMON,
        function_association: [
          { ...GATE, function_arn: "${true ? aws_cloudfront_function.gate.arn : aws_cloudfront_function.other.arn}" },
        ],
      },
    }),
    ["one-decision"],
  ],
  [
    "the handler of no version",
    site({
      ordered_cache_behavior: [
        {
          ...ENDPOINTS,
          lambda_function_association: [
            { ...HANDLER, lambda_arn: "arn:aws:lambda:us-east-1:111122223333:function:wiki-auth:7" },
          ],
        },
      ],
    }),
    ["lost-endpoints", "one-decision"],
  ],
  [
    "the gate on the gateway's own path",
    site({ ordered_cache_behavior: [{ ...DECIDED, path_pattern: "/_gate/*" }] }),
    ["lost-endpoints"],
  ],
  [
    "the gateway's own path behind a broader one",
    site({ ordered_cache_behavior: [{ ...DECIDED, path_pattern: "/_*" }, ENDPOINTS] }),
    ["lost-endpoints"],
  ],
  ["no path of the gateway's own", site({ ordered_cache_behavior: [] }), ["lost-endpoints"]],
  ["http", site({ default_cache_behavior: { ...DECIDED, viewer_protocol_policy: "allow-all" } }), ["https-only"]],
  ["a staging distribution", second({ staging: true }), ["staging-distribution"]],
  ["a second distribution with the same origin", second({ aliases: ["old.example.com"] }), ["same-origin"]],
  ["a bucket for everybody", readableBy({ Principal: "*" }), ["open-bucket"]],
  [
    "a bucket for every distribution",
    readableBy({ Principal: { Service: "cloudfront.amazonaws.com" } }),
    ["open-bucket"],
  ],
  [
    "requests that CloudFront does not sign",
    {
      aws_cloudfront_origin_access_control: {
        files: {
          name: "files",
          origin_access_control_origin_type: "s3",
          signing_behavior: "never",
          signing_protocol: "sigv4",
        },
      },
    },
    ["unsigned-origin"],
  ],
  [
    "a bucket without an access control",
    site({ origin: [{ origin_id: "files", domain_name: "files.s3.us-east-1.amazonaws.com" }] }),
    ["unsigned-origin"],
  ],
  [
    "a function with an address of its own",
    {
      aws_lambda_function_url: { app: { function_name: "app", authorization_type: "NONE" } },
      ...site({
        origin: [
          {
            origin_id: "files",
            domain_name: "${aws_lambda_function_url.app.function_url}",
            custom_origin_config: {
              http_port: 80,
              https_port: 443,
              origin_protocol_policy: "https-only",
              origin_ssl_protocols: ["TLSv1.2"],
            },
          },
        ],
      }),
    },
    ["open-function"],
  ],
  [
    "a program that is not the gate's",
    {
      aws_cloudfront_function: {
        gate: {
          name: "wiki-gate",
          runtime: "cloudfront-js-2.0",
          code: '${replace(file("gate.js"), "Access denied", "Access granted")}',
        },
      },
    },
    ["foreign-program"],
  ],
];
