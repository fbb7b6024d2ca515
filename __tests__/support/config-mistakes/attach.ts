/** Mistakes in the config of a gateway for an existing distribution. */
import { EXISTING, UNKNOWN, type Mistake } from "../small-config";

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

const OWN = 'write the text of a function (request) { … return request; }, or { file: "rewrite.js" }';
const FORM =
  "write function (request) { … return request; }, or the program of a CloudFront function with its handler(event)";

const OF_FUNCTIONS: Mistake[] = [
  [{ viewerRequest: {} }, "viewerRequest", "write before or after, or leave viewerRequest out; it is {}"],
  [{ viewerRequest: "rewrite.js" }, "viewerRequest", 'write an object; it is "rewrite.js"'],
  [{ viewerRequest: { during: "x", after: "(r) => r" } }, "viewerRequest.during", UNKNOWN],
  [{ viewerRequest: { after: 1 } }, "viewerRequest.after", `${OWN}; it is 1`],
  [{ viewerRequest: { after: (r: unknown) => r } }, "viewerRequest.after", `${OWN}; it is a function`],
  [{ viewerRequest: { after: {} } }, "viewerRequest.after", `${OWN}; it is {}`],
  [
    { viewerRequest: { after: { file: "no-such.js" } } },
    "viewerRequest.after",
    'there is no such file that can be read; write a path relative to the working directory; it is {"file":"no-such.js"}',
  ],
  [
    { viewerRequest: { before: "rewrite.js" } },
    "viewerRequest.before",
    'write { file: "rewrite.js" } for a file; it is "rewrite.js"',
  ],
  [
    { viewerRequest: { before: "rewrite()" } },
    "viewerRequest.before",
    `it defines no function "handler"; ${FORM}; it is "rewrite()"`,
  ],
  [
    { viewerRequest: { before: "(r) => r?.uri" } },
    "viewerRequest.before",
    'the runtime has no optional chaining (?.) (line 1); use &&; it is "(r) => r?.uri"',
  ],
  [
    { viewerRequest: { before: "(r) => S.hosts" } },
    "viewerRequest.before",
    'it uses "S" (line 1), which it does not define and the runtime does not have; it is "(r) => S.hosts"',
  ],
];

export const ATTACH_MISTAKES: Mistake[] = [
  [
    { distribution: "exsting" },
    "distribution",
    'write "managed", "existing" or { id: "E2QWRUHAPOMQZL" }; it is "exsting"',
  ],
  [{ ...EXISTING, distribution: { id: "wiki" } }, "distribution.id", `${ID}; it is "wiki"`],
  [{ ...EXISTING, distribution: {} }, "distribution", 'write "existing" or { id: "E2QWRUHAPOMQZL" }; it is {}'],
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
  ...OF_FUNCTIONS,
  [{ originSecret: { send: "yes" } }, "originSecret.send", 'write true or false; it is "yes"'],
];
