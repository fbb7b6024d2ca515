/** Mistakes in the config of a gateway for an existing distribution. */
import { SMALL, type Mistake } from "./small-config";

/** What turns the small config into one without a mistake. */
export const EXISTING = { distribution: "existing", origin: undefined, hostedZoneId: undefined } as const;

export const ATTACHED = { ...SMALL, ...EXISTING };

const ID = 'write the ID of the distribution, such as "E2QWRUHAPOMQZL"';

/** By setting: a value of its own, and why the distribution's owner has it instead. */
const OF_THE_OWNER: [setting: string, value: unknown, why: string][] = [
  [
    "origin",
    { type: "s3" },
    'its owner writes origins. If a function there rewrites paths, give it as "viewerRequest.after"',
  ],
  ["caching", "optimized", "its owner chooses from the policies in the outputs"],
  ["behaviors", [], "its owner writes behaviors, and gives each of them the gate"],
  ["waf", false, "its owner sets the web ACL, and a rate limit for the gateway's endpoints (docs/attach.md)"],
  ["certificateArn", "arn:x", "its owner sets the certificate"],
  ["hostedZoneId", "Z0123456789", "its owner makes DNS records"],
  ["hostedZones", {}, "its owner makes DNS records"],
  ["manageDns", true, "its owner makes DNS records"],
  ["overwriteDns", true, "its owner makes DNS records"],
  ["attachDomains", true, "its owner sets the aliases"],
  ["redirectHosts", [], "its owner redirects hosts; viewerRequest.before can do it"],
  ["accessLogBucketArn", "arn:aws:s3:::logs", "its owner configures access logs (docs/attach.md)"],
];

export const ATTACH_MISTAKES: Mistake[] = [
  [
    { distribution: "exsting" },
    "distribution",
    'write "managed", "existing" or { id: "E2QWRUHAPOMQZL" }; it is "exsting"',
  ],
  [{ ...EXISTING, distribution: { id: "wiki" } }, "distribution.id", `${ID}; it is "wiki"`],
  [{ ...EXISTING, distribution: {} }, "distribution.id", `${ID}; it is missing`],
  ...OF_THE_OWNER.map(([setting, value, why]): Mistake => [
    { ...EXISTING, [setting]: value },
    setting,
    `remove it: the distribution is not the gateway's; ${why}; it is ${JSON.stringify(value)}`,
  ]),
  [
    { originSecret: { send: true } },
    "originSecret.send",
    "remove it, and write secretHeader: true for each server that checks it",
  ],
  [{ originSecret: { send: "yes" } }, "originSecret.send", 'write true or false; it is "yes"'],
];
