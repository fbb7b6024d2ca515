/** Origins: the targets of requests that the gate lets pass. There is one file per type. */
import { z } from "zod";
import { apiGatewayOrigin } from "./api-gateway";
import { customOrigin } from "./custom";
import { failoverTo } from "./failover";
import { lambdaUrlOrigin } from "./lambda-url";
import { s3Origin } from "./s3";
import { vpcOrigin } from "./vpc";

const error =
  'write { type: "s3" } or { type: "custom", domainName: "origin.example.com", secretHeader: true }, or an origin of type "vpc", "lambda-url" or "api-gateway"';

const single = z.discriminatedUnion("type", [s3Origin, customOrigin, vpcOrigin, lambdaUrlOrigin, apiGatewayOrigin], {
  error,
});
const failover = failoverTo(single);

export const origin = z.discriminatedUnion(
  "type",
  [
    s3Origin.extend({ failover }),
    customOrigin.extend({ failover }),
    vpcOrigin.extend({ failover }),
    lambdaUrlOrigin.extend({ failover }),
    apiGatewayOrigin.extend({ failover }),
  ],
  { error },
);

/** One origin of CloudFront. The origin in `failover` has no failover itself. */
export type SingleOrigin = z.output<typeof single>;
export type Origin = z.output<typeof origin>;
export type ServerOrigin = Exclude<SingleOrigin, { type: "s3" }>;

/** True if an origin gets the host that people opened as `Host`, rather than its own. */
export function forwardsHost(origin: SingleOrigin): boolean {
  return "host" in origin && origin.host === "viewer";
}

/** The origins of a config. The default behavior has none if the distribution is an existing one. */
export interface OriginsInConfig {
  origin: Origin | undefined;
  behaviors: readonly { origin: Origin }[];
}

/** The origin of each behavior, with its place in the config; the default behavior first. */
export function targetsOf({ origin, behaviors }: OriginsInConfig): { path: string; origin: Origin }[] {
  return [
    ...(origin ? [{ path: "origin", origin }] : []),
    ...behaviors.map(({ origin }, i) => ({ path: `behaviors[${i}].origin`, origin })),
  ];
}

/** Every origin that a config names, with its place there. */
export function originsOf(config: OriginsInConfig): { path: string; origin: SingleOrigin }[] {
  return targetsOf(config).flatMap(({ path, origin }): { path: string; origin: SingleOrigin }[] => [
    { path, origin },
    ...(origin.failover ? [{ path: `${path}.failover.to`, origin: origin.failover.to }] : []),
  ]);
}
