/** Every mistake that one can make in the web ACL's part of a config. */
import { UNKNOWN, type Mistake } from "../small-config";

const waf = (settings: unknown): Record<string, unknown> => ({ waf: settings });
const WEB_ACL = "arn:aws:wafv2:us-east-1:111122223333:global/webacl/own/0a1b2c3d-0000-1111-2222-333344445555";
const RANGE = 'write an address range, such as "192.0.2.0/24"';
const RULE = 'write the name of a rule as AWS spells it, such as "CrossSiteScripting_BODY"';
const COUNTRY = 'write a country as ISO 3166 has it, such as "DE"';
const GEO = 'write either { allow: ["DE"] } or { block: ["DE"] }';
const FIELD = 'write where the field is, such as "/user/email" in JSON or "email" in a form';
const LOGIN = { path: "/login", payload: "json", username: "/user", password: "/password" };

export const WEB_ACL_MISTAKES: Mistake[] = [
  [{ waff: {} }, "waff", UNKNOWN],
  [waf(true), "waf", "write an object, or false for no web ACL; it is true"],
  [waf([]), "waf", "write an object, or false for no web ACL; it is []"],
  [waf({ moed: "count" }), "waf.moed", UNKNOWN],
  [
    waf({ rateLimit: 2000 }),
    "waf.rateLimit",
    "write rateLimits: { site: { limit: 50000 } } instead; the gateway's own paths have a limit of their own",
  ],
  [waf({ webAclArn: "own" }), "waf.webAclArn", 'write the ARN of a web ACL for CloudFront; it is "own"'],
  [
    waf({ webAclArn: WEB_ACL.replace("global", "regional") }),
    "waf.webAclArn",
    "write the ARN of a web ACL for CloudFront",
  ],
  [
    waf({ webAclArn: WEB_ACL, mode: "count" }),
    "waf.mode",
    "the web ACL of webAclArn is used as it is; remove one of them",
  ],
  [waf({ mode: "log" }), "waf.mode", 'write "block" or "count"; it is "log"'],
  [
    waf({ groups: ["core"] }),
    "waf.groups[0]",
    'write groups from ip-reputation, anonymous-ip, known-bad-inputs, common, admin, sql, linux, unix, windows, php, wordpress; it is "core"',
  ],
  [waf({ groups: ["common", "sql", "common"] }), "waf.groups[2]", '"common" is already listed; remove it'],
  [waf({ overrides: { Scripting: "count" } }), "waf.overrides.Scripting", `${RULE}; it is "Scripting"`],
  [
    waf({ overrides: { NOUSERAGENT_HEADER: "count" } }),
    "waf.overrides.NOUSERAGENT_HEADER",
    'write "NoUserAgent_HEADER"; it is "NOUSERAGENT_HEADER"',
  ],
  [
    waf({ overrides: { NoUserAgent_HEADER: "allow" } }),
    "waf.overrides.NoUserAgent_HEADER",
    'write "block" or "count"; it is "allow"',
  ],
  [
    waf({ overrides: { SQLi_BODY: "block" } }),
    "waf.overrides.SQLi_BODY",
    'the rule belongs to the group "sql"; add it to waf.groups, or remove this',
  ],
  [
    waf({ exempt: "/wiki/**" }),
    "waf.exempt",
    'write a list, such as [{ path: "/wiki/**", rules: ["CrossSiteScripting_BODY"] }]; it is "/wiki/**"',
  ],
  [
    waf({ exempt: [{ path: "wiki", rules: ["NoUserAgent_HEADER"] }] }),
    "waf.exempt[0].path",
    'start the pattern with "/", such as "/admin/**"; it is "wiki"',
  ],
  [
    waf({ exempt: [{ path: `/${"a".repeat(100)}`, rules: ["NoUserAgent_HEADER"] }] }),
    "waf.exempt[0].path",
    "write at most 100 characters",
  ],
  [waf({ exempt: [{ path: "/wiki", rules: [] }] }), "waf.exempt[0].rules", "name a rule; it is []"],
  [waf({ exempt: [{ path: "/wiki", rules: ["XSS"] }] }), "waf.exempt[0].rules[0]", `${RULE}; it is "XSS"`],
  [
    waf({ exempt: [{ path: "/wiki", rules: ["GenericLFI_BODY", "SQLi_BODY"] }] }),
    "waf.exempt[0].rules[1]",
    'the rule belongs to the group "sql"; add it to waf.groups, or remove this',
  ],
  [
    waf({
      overrides: { GenericLFI_BODY: "count" },
      exempt: [{ path: "/wiki", rules: ["GenericLFI_BODY"] }],
    }),
    "waf.exempt[0].rules[0]",
    'waf.overrides counts "GenericLFI_BODY" on every path; remove one of them',
  ],
  [waf({ rateLimits: 2000 }), "waf.rateLimits", "write an object; it is 2000"],
  [waf({ rateLimits: { site: 2000 } }), "waf.rateLimits.site", "write { limit: 5000 }, or false for none; it is 2000"],
  [
    waf({ rateLimits: { "The API": { limit: 100 } } }),
    "waf.rateLimits.The API",
    'write a short name of lower-case letters, digits and "-", such as "main"; it is "The API"',
  ],
  [
    waf({ rateLimits: { api: { path: "/api/**" } } }),
    "waf.rateLimits.api.limit",
    "write a number of requests; it is missing",
  ],
  [
    waf({ rateLimits: { site: { limit: "2000" } } }),
    "waf.rateLimits.site.limit",
    'write a number of requests; it is "2000"',
  ],
  [waf({ rateLimits: { site: { limit: 9 } } }), "waf.rateLimits.site.limit", "write at least 10; it is 9"],
  [waf({ rateLimits: { site: { limit: 10.5 } } }), "waf.rateLimits.site.limit", "write a whole number; it is 10.5"],
  [
    waf({ rateLimits: { site: { limit: 2_000_000_001 } } }),
    "waf.rateLimits.site.limit",
    "write at most 2000000000; it is 2000000001",
  ],
  [
    waf({ rateLimits: { site: { window: "3m" } } }),
    "waf.rateLimits.site.window",
    'write "1m", "2m", "5m" or "10m"; it is "3m"',
  ],
  [
    waf({ rateLimits: { site: { key: "session" } } }),
    "waf.rateLimits.site.key",
    'write "ip" or { header: "x-api-key" }; it is "session"',
  ],
  [
    waf({ rateLimits: { site: { key: { header: "X-Api-Key" } } } }),
    "waf.rateLimits.site.key.header",
    'write a header name in lower case, such as "x-api-key"; it is "X-Api-Key"',
  ],
  [waf({ rateLimits: { api: false } }), "waf.rateLimits.api", 'only "gateway" and "site" can be turned off; remove it'],
  [
    waf({ rateLimits: Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`limit-${i}`, { limit: 100 }])) }),
    "waf.rateLimits",
    'write at most 10, "gateway" and "site" included; there are 11',
  ],
  [
    waf({ allow: "192.0.2.0/24" }),
    "waf.allow",
    'write a list of address ranges, such as ["192.0.2.0/24"]; it is "192.0.2.0/24"',
  ],
  [waf({ block: ["192.0.2.7"] }), "waf.block[0]", 'write "192.0.2.7/32"; it is "192.0.2.7"'],
  [waf({ block: ["2001:db8::7"] }), "waf.block[0]", 'write "2001:db8::7/128"; it is "2001:db8::7"'],
  [waf({ block: ["office"] }), "waf.block[0]", `${RANGE}; it is "office"`],
  [waf({ allow: ["0.0.0.0/0"] }), "waf.allow[0]", `${RANGE}; it is "0.0.0.0/0"`],
  [waf({ allow: ["::/0"] }), "waf.allow[0]", 'write an address range, such as "2001:db8::/32"; it is "::/0"'],
  [
    waf({ allow: ["192.0.2.0/24"], block: ["192.0.2.0/24"] }),
    "waf.allow[0]",
    '"192.0.2.0/24" is also in waf.block; remove one of them',
  ],
  [waf({ geo: {} }), "waf.geo", `${GEO}; it is {}`],
  [waf({ geo: { allow: ["DE"], block: ["FR"] } }), "waf.geo", `${GEO}; it is {"allow":["DE"],"block":["FR"]}`],
  [waf({ geo: { allow: [] } }), "waf.geo.allow", "name a country, or leave geo out; it is []"],
  [waf({ geo: { allow: ["de"] } }), "waf.geo.allow[0]", `${COUNTRY}; it is "de"`],
  [waf({ botControl: true }), "waf.botControl", 'write "common" or "targeted", or false for none; it is true'],
  [
    waf({ accountTakeover: { ...LOGIN, path: "login" } }),
    "waf.accountTakeover.path",
    'write the path that takes the password, such as "/shop/login"; it is "login"',
  ],
  [
    waf({ accountTakeover: { ...LOGIN, payload: "xml" } }),
    "waf.accountTakeover.payload",
    'write "json" or "form"; it is "xml"',
  ],
  [
    waf({ accountTakeover: { ...LOGIN, username: undefined } }),
    "waf.accountTakeover.username",
    `${FIELD}; it is missing`,
  ],
  [waf({ accountTakeover: { ...LOGIN, password: "" } }), "waf.accountTakeover.password", `${FIELD}; it is ""`],
];
