import type { Construct } from "constructs";
import type { Config } from "../../config/schema";
import { Caching } from "../caching";
import type { PoliciesToChoose, Delivery, DeliveryProps } from "./delivery";

/** For an existing distribution: someone else manages it, its origins, DNS, certificate, web ACL and access logs. */
export function attachedDelivery(scope: Construct, { config, protection }: DeliveryProps): Delivery {
  const { distribution } = config;
  return {
    ...(typeof distribution === "object" && { distributionId: distribution.id }),
    logs: {},
    siteBuckets: [],
    originAccess: {},
    policies: policiesToChoose(new Caching(scope, "cache", config), config, protection.responseHeadersPolicyId),
  };
}

function policiesToChoose(caching: Caching, config: Config, responseHeadersPolicyId: string): PoliciesToChoose {
  return {
    responseHeadersPolicyId,
    server: caching.policiesForServer({}, "disabled"),
    serverByHost: caching.policiesForServer({ byHost: true }, "disabled"),
    ...(config.originSecret.send && {
      serverWithSecret: caching.policiesForServer({ withSecret: true }, "disabled"),
      sharedWithSecret: caching.policiesForServer({ withSecret: true }, "optimized"),
    }),
    ...(config.assertion && {
      serverWithAssertion: caching.policiesForServer(
        { withSecret: config.originSecret.send, withAssertion: true },
        "disabled",
      ),
    }),
    shared: caching.policiesForServer({}, "optimized"),
    bucket: caching.policiesForBucket("optimized"),
  };
}
