/** Origins of every type, each with options of its own: what plans with these plans with any. */
import type { ConfigInput } from "../../config/schema";

type Origin = ConfigInput["origin"];

const CONNECTION = {
  readTimeout: "120s",
  keepAlive: "120s",
  connectionAttempts: 1,
  connectionTimeout: "1s",
  shield: "eu-central-1",
} as const;

const ALB =
  "arn:aws:elasticloadbalancing:eu-central-1:111122223333:loadbalancer/app/everything-app/50dc6c495c0c9188" as const;

const VPC = { type: "vpc", arn: ALB, domainName: "app.internal.example.com" } as const;
const FUNCTION = {
  type: "lambda-url",
  domainName: "abcdefghijklmnopqrstuvwxyz012345.lambda-url.us-east-1.on.aws",
  functionArn: "arn:aws:lambda:us-east-1:111122223333:function:everything-orders:live",
} as const;
const FUNCTION_ELSEWHERE = {
  type: "lambda-url",
  domainName: "zyxwvutsrqponmlkjihgfedcba543210.lambda-url.eu-west-1.on.aws",
  functionArn: "arn:aws:lambda:eu-west-1:111122223333:function:quotes",
} as const;
const API = {
  type: "api-gateway",
  domainName: "abcde12345.execute-api.eu-central-1.amazonaws.com",
  path: "/prod",
  open: true,
} as const;
const BUCKET = { type: "s3", existingBucket: { name: "example-archive", region: "eu-central-1" } } as const;
const CUSTOM = { type: "custom", domainName: "shop.example.net", secretHeader: true } as const;

/** By name: an origin with one option beyond its type, or with all of them. */
export const ORIGINS = {
  "existing bucket": BUCKET,
  "bucket with failover": {
    type: "s3",
    failover: { to: { type: "s3", existingBucket: { name: "example-standby", region: "us-west-2" } }, on: [403, 404] },
  },
  "secret header": CUSTOM,
  open: { type: "custom", domainName: "partner.example.net", open: true },
  "viewer's host": { ...CUSTOM, host: "viewer" },
  "read timeout": { ...CUSTOM, readTimeout: "1s" },
  "keep-alive": { ...CUSTOM, keepAlive: "1s" },
  "connection attempts": { ...CUSTOM, connectionAttempts: 3 },
  "connection timeout": { ...CUSTOM, connectionTimeout: "10s" },
  shield: { ...CUSTOM, shield: "sa-east-1" },
  server: { ...CUSTOM, ...CONNECTION },
  "server with failover": { ...CUSTOM, failover: { to: { ...CUSTOM, domainName: "standby.example.net" } } },
  vpc: VPC,
  "vpc over http": { ...VPC, protocol: "http", port: 8080, path: "/app", host: "viewer", ...CONNECTION },
  instance: { ...VPC, arn: "arn:aws:ec2:us-east-1:111122223333:instance/i-0a1b2c3d4e5f60718" },
  function: FUNCTION,
  "function elsewhere": { ...FUNCTION_ELSEWHERE, path: "/v1", ...CONNECTION },
  "api gateway": { ...API, ...CONNECTION },
} satisfies Record<string, Origin>;
export type OriginName = keyof typeof ORIGINS;

/** As behaviors of one gateway. */
export const BEHAVIORS: NonNullable<ConfigInput["behaviors"]> = [
  { path: "/archive/*", origin: ORIGINS["existing bucket"], caching: "optimized" },
  { path: "/files/*", origin: ORIGINS["bucket with failover"] },
  { path: "/shop/pictures/*", origin: ORIGINS["viewer's host"], caching: "optimized" },
  { path: "/shop/*", origin: ORIGINS["viewer's host"] },
  { path: "/prices/*", origin: ORIGINS.server, caching: "optimized" },
  { path: "/partner/*", origin: { ...ORIGINS.open, host: "viewer" } },
  { path: "/news/*", origin: ORIGINS["server with failover"] },
  { path: "/app/*", origin: ORIGINS["vpc over http"] },
  { path: "/intranet/*", origin: ORIGINS.vpc },
  { path: "/orders/*", origin: ORIGINS.function },
  { path: "/quotes/*", origin: ORIGINS["function elsewhere"] },
  { path: "/v2/*", origin: ORIGINS["api gateway"] },
];
