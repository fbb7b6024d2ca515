/**
 * The distribution of the gateway: its own, or an existing one that someone else attaches the gate to (docs/attach.md).
 */
import { z } from "zod";
import { text } from "./fields";

const existing = z.union(
  [
    z.literal("existing"),
    z.strictObject({
      /** With it, alarms and dashboard show the distribution's error rate. */
      id: text(/^E[A-Z0-9]{5,31}$/, 'the ID of the distribution, such as "E2QWRUHAPOMQZL"'),
    }),
  ],
  { error: 'write "existing" or { id: "E2QWRUHAPOMQZL" }' },
);

/** The gateway makes the distribution. */
export const managedDistribution = z
  .literal("managed", 'write "managed", "existing" or { id: "E2QWRUHAPOMQZL" }')
  .default("managed");

const OWNERS = "remove it: the distribution is not the gateway's";

/** Refuses a setting that belongs to an existing distribution. @param why what its owner does instead */
function refused(why: string) {
  return z.undefined(`${OWNERS}; ${why}`).optional();
}

/** The differences in the schema for an existing distribution. */
export const EXISTING = {
  distribution: existing,
  origin: refused('its owner writes origins. If a function there rewrites paths, give it as "viewerRequest.after"'),
  caching: refused("its owner chooses from the policies in the outputs"),
  api: refused("a gateway that is attached to a distribution takes no access tokens"),
  accessTokens: refused("a gateway that is attached to a distribution takes no access tokens"),
  behaviors: refused("its owner writes behaviors, and gives each of them the gate"),
  waf: refused("its owner sets the web ACL, and a rate limit for the gateway's endpoints (docs/attach.md)"),
  certificateArn: refused("its owner sets the certificate"),
  hostedZoneId: refused("its owner makes DNS records"),
  hostedZones: refused("its owner makes DNS records"),
  manageDns: refused("its owner makes DNS records"),
  overwriteDns: refused("its owner makes DNS records"),
  attachDomains: refused("its owner sets the aliases"),
  redirectHosts: refused("its owner redirects hosts; viewerRequest.before can do it"),
  accessLogBucketArn: refused("its owner configures access logs (docs/attach.md)"),
} as const;

/** The values of the refused settings for the rest of the project. */
export const nothingOfTheDistribution = () => ({
  origin: undefined,
  api: undefined,
  accessTokens: {},
  behaviors: [],
  waf: false as const,
  hostedZones: {},
  manageDns: false,
  overwriteDns: false,
  attachDomains: false,
  redirectHosts: [],
});

/** True if the gateway is attached to an existing distribution. */
export function isAttached({ distribution }: { distribution: "managed" | z.output<typeof existing> }): boolean {
  return distribution !== "managed";
}
