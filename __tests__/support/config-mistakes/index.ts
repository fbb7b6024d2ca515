/** Every mistake that one can make in a config. */
import { statSync } from "node:fs";
import { TEXT_KEYS } from "../../../pages/texts/texts";
import { API_MISTAKES } from "./api";
import { ATTACH_MISTAKES } from "./attach";
import { IDENTITY } from "./identity";
import { ORIGIN_MISTAKES } from "./origins";
import { POLICY_TESTS } from "./policy-tests";
import { REQUIREMENTS } from "./requirements";
import { WAF } from "./web-acl";
import {
  SMALL,
  ALLOW,
  CACHING,
  HOST,
  ORIGIN,
  ROLE,
  SLUG,
  UNKNOWN,
  behavior,
  custom,
  s3,
  rule,
  type Mistake,
} from "../small-config";

/** An API with metadata, and an issuer for it. */
const withResource = (path: string, resource: object) => ({
  behaviors: [{ path, origin: { type: "custom", domainName: "mcp.example.com", open: true }, api: { resource } }],
  accessTokens: { main: { identityProvider: "main", audience: ["https://wiki.example.com/mcp"] } },
});

const TAG_TEXT = "letters, digits, spaces and _ . : / = + @ -";
const TAG_KEY = `write tag keys of 1 to 128 characters, ${TAG_TEXT}, that do not start with "aws:"`;
const TAG_VALUE = `write a value of at most 256 characters, ${TAG_TEXT}`;

const SITE: Mistake[] = [
  [
    { identityProviders: { "service-token": { issuer: "https://login.example.com", clientId: "x" } } },
    "identityProviders.service-token",
    "service tokens have this ID, and rules could not tell them apart; choose another name",
  ],
  [
    {
      accessTokens: { "service-token": { issuer: "https://ci.example.com", audience: ["https://app.example.com"] } },
      behaviors: [{ path: "/api/*", ...custom({}), api: true }],
    },
    "accessTokens.service-token",
    "service tokens have this ID, and rules could not tell them apart; choose another name",
  ],
  [
    rule({ allow: { idp: ["service-token"] } }),
    "policy[0].allow.idp[0]",
    '"service-token" is not among identityProviders; write main',
  ],
  [{ name: undefined }, "name", `${SLUG}; it is missing`],
  [{ name: 1 }, "name", `${SLUG}; it is 1`],
  [{ name: "Wiki!" }, "name", `${SLUG}; it is "Wiki!"`],
  [{ name: "1wiki" }, "name", `${SLUG}; it is "1wiki"`],
  [{ name: "w".repeat(31) }, "name", `${SLUG}; it is "${"w".repeat(31)}"`],
  [{ name: () => "wiki" }, "name", `${SLUG}; it is a function`],
  [{ name: 1n }, "name", `${SLUG}; it is a bigint`],
  [{ domain: undefined }, "domain", 'write a host name, such as "app.example.com"; it is missing'],
  [{ domain: "https://wiki.example.com" }, "domain", `${HOST}; it is "https://wiki.example.com"`],
  [{ domain: "Wiki.example.com" }, "domain", `${HOST}; it is "Wiki.example.com"`],
  [{ domain: "wiki.example.com:443" }, "domain", `${HOST}; it is "wiki.example.com:443"`],
  [{ domain: "*.example.com" }, "domain", `${HOST}; it is "*.example.com"`],
  [{ domain: "192.0.2.1" }, "domain", `${HOST}; it is "192.0.2.1"`],
  [{ domain: "wiki" }, "domain", `${HOST}; it is "wiki"`],
  [{ alternateDomains: "docs.example.com" }, "alternateDomains", 'write a list; it is "docs.example.com"'],
  [{ alternateDomains: ["docs.example.com", "a b"] }, "alternateDomains[1]", `${HOST}; it is "a b"`],
  [
    { alternateDomains: ["wiki.example.com"] },
    "alternateDomains[0]",
    '"wiki.example.com" is already listed; remove it',
  ],
  [
    { alternateDomains: ["a.example.com", "b.example.com", "a.example.com"] },
    "alternateDomains[2]",
    '"a.example.com" is already listed; remove it',
  ],
  [{ basePath: "_gate" }, "basePath", 'write one path segment, such as "/_gate"; it is "_gate"'],
  [{ basePath: "/a/b" }, "basePath", 'write one path segment, such as "/_gate"; it is "/a/b"'],
  [{ basePath: "/" }, "basePath", 'write one path segment, such as "/_gate"; it is "/"'],
  [
    { certificateArn: "arn:aws:acm:eu-west-1:111122223333:certificate/0a" },
    "certificateArn",
    'write the ARN of an ACM certificate in us-east-1; it is "arn:aws:acm:eu-west-1:111122223333:certificate/0a"',
  ],
  [
    { hostedZoneId: "example.com" },
    "hostedZoneId",
    'write the ID of a Route 53 hosted zone, such as "Z0123456789ABCDEFGHIJ"; it is "example.com"',
  ],
  [
    { hostedZoneId: undefined },
    "certificateArn",
    "write the ARN of a certificate for the domain, or hostedZoneId to have one issued",
  ],
  [
    { hostedZones: { "docs.example.com": "Z0DOCS" } },
    "hostedZones.docs.example.com",
    '"docs.example.com" is not served; write wiki.example.com',
  ],
  [
    { hostedZones: { "wiki.example.com": "example.com" } },
    "hostedZones.wiki.example.com",
    'write the ID of a Route 53 hosted zone, such as "Z0123456789ABCDEFGHIJ"; it is "example.com"',
  ],
  [{ hostedZones: "Z0DOCS" }, "hostedZones", 'write { "docs.example.org": "Z…" }; it is "Z0DOCS"'],
  [
    {
      hostedZoneId: undefined,
      alternateDomains: ["docs.example.com"],
      redirectHosts: ["example.com"],
      hostedZones: { "docs.example.com": "Z0DOCS" },
    },
    "hostedZones",
    "write the zone of wiki.example.com and example.com too, or a certificateArn",
  ],
  [{ manageDns: "no" }, "manageDns", 'write true or false; it is "no"'],
  [{ dashboard: "small" }, "dashboard", 'write true or false; it is "small"'],
  [{ storeAccessAlarm: "pager" }, "storeAccessAlarm", 'write true or false; it is "pager"'],
  [{ overwriteDns: 1 }, "overwriteDns", "write true or false; it is 1"],
  [{ attachDomains: "later" }, "attachDomains", 'write true or false; it is "later"'],
  [{ redirectHosts: "example.com" }, "redirectHosts", 'write a list; it is "example.com"'],
  [{ redirectHosts: ["app.localhost:8443"] }, "redirectHosts[0]", `${HOST}; it is "app.localhost:8443"`],
  [{ redirectHosts: ["wiki.example.com"] }, "redirectHosts[0]", '"wiki.example.com" is already listed; remove it'],
  [
    { logRetentionDays: 31 },
    "logRetentionDays",
    "write a retention that CloudWatch Logs knows, such as 30, 90 or 365; it is 31",
  ],
  ...["alias/gateway", "arn:aws:kms:eu-west-1:111122223333:key/0a"].map((kmsKeyArn): Mistake => [
    { kmsKeyArn },
    "kmsKeyArn",
    `write the ARN of a KMS key in us-east-1; it is "${kmsKeyArn}"`,
  ]),
  ...["pager", "arn:aws:sns:eu-west-1:111122223333:pager", "arn:aws:sns:us-east-1:111122223333:pager.fifo"].map(
    (alarmTopicArn): Mistake => [
      { alarmTopicArn },
      "alarmTopicArn",
      `write the ARN of an SNS topic in us-east-1; it is "${alarmTopicArn}"`,
    ],
  ),
  [{ reserveConcurrency: 1 }, "reserveConcurrency", "write true or false; it is 1"],
  [{ deletionProtection: "off" }, "deletionProtection", 'write true or false; it is "off"'],
  [{ state: "bucket" }, "state", 'write an object; it is "bucket"'],
  [{ state: { region: "eu-central-1" } }, "state.bucket", "write the name of the state bucket; it is missing"],
  [
    { state: { bucket: "ab", region: "eu-central-1" } },
    "state.bucket",
    'write the name of the state bucket; it is "ab"',
  ],
  [
    { state: { bucket: "states", region: "eu-central-1", key: "" } },
    "state.key",
    'write the key of the state file; it is ""',
  ],
  [
    { state: { bucket: "states", region: "Frankfurt" } },
    "state.region",
    'write a region, such as "eu-central-1"; it is "Frankfurt"',
  ],
  [{ tags: [] }, "tags", "write an object; it is []"],
  ...["aws:team", "AWS:team", "", "cost$", "a\tb", "x".repeat(129)].map((key): Mistake => [
    { tags: { [key]: "a" } },
    `tags.${key}`,
    `${TAG_KEY}; it is ${JSON.stringify(key)}`,
  ]),
  [{ tags: { team: 1 } }, "tags.team", `${TAG_VALUE}; it is 1`],
  ...["a,b", "50%", "a\nb"].map((value): Mistake => [
    { tags: { team: value } },
    "tags.team",
    `${TAG_VALUE}; it is ${JSON.stringify(value)}`,
  ]),
  [{ tags: { team: "x".repeat(257) } }, "tags.team", TAG_VALUE],
  [
    { tags: Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`key-${i}`, ""])) },
    "tags",
    "write at most 49 tags: AWS takes 50, and the gateway sets one",
  ],
  [{ tags: { Edgegate: "a" } }, "tags.Edgegate", "IAM takes it for the gateway's own tag; write another key"],
  [{ tags: { team: "a", Team: "b" } }, "tags.Team", 'IAM takes it for "team"; write another key'],
  ...["11112222333", "111122223333 ", "my-account"].map((accountId): Mistake => [
    { accountId },
    "accountId",
    `write an account ID of 12 digits, such as "111122223333"; it is "${accountId}"`,
  ]),
  [{ iam: { role: "gateway" } }, "iam.role", UNKNOWN],
  ...["boundary", "arn:aws:iam::111122223333:role/boundary"].map((permissionsBoundaryArn): Mistake => [
    { iam: { permissionsBoundaryArn } },
    "iam.permissionsBoundaryArn",
    `write the ARN of a managed policy, such as "arn:aws:iam::111122223333:policy/boundary"; it is "${permissionsBoundaryArn}"`,
  ]),
  ...["gateway", "/gateway", "gateway/", "//", "/a b/"].map((rolePath): Mistake => [
    { iam: { rolePath } },
    "iam.rolePath",
    `write a path that begins and ends with a slash, such as "/gateway/"; it is "${rolePath}"`,
  ]),
  [{ iam: { rolePath: `/${"x".repeat(511)}/` } }, "iam.rolePath", "write at most 512 characters"],
  ...["", "a/", "x".repeat(23)].map((roleNamePrefix): Mistake => [
    { iam: { roleNamePrefix } },
    "iam.roleNamePrefix",
    `write a prefix of 1 to 22 characters, such as "app-"; it is "${roleNamePrefix}"`,
  ]),
  ...["example-logs", "arn:aws:s3:::Logs", "arn:aws:s3:::logs/path"].map((accessLogBucketArn): Mistake => [
    { accessLogBucketArn },
    "accessLogBucketArn",
    `write the ARN of a bucket, such as "arn:aws:s3:::example-logs"; it is "${accessLogBucketArn}"`,
  ]),
  [{ logKmsKeyArn: "alias/logs" }, "logKmsKeyArn", 'write the ARN of a KMS key in us-east-1; it is "alias/logs"'],
  [{ waff: {} }, "waff", UNKNOWN],
];

const DELIVERY: Mistake[] = [
  [{ origin: undefined }, "origin", `${ORIGIN}; it is missing`],
  [{ origin: "s3" }, "origin", `${ORIGIN}; it is "s3"`],
  [{ origin: { type: "ftp" } }, "origin.type", `${ORIGIN}; it is "ftp"`],
  [
    s3({ index: "docs/index.html" }),
    "origin.index",
    'write a file name, such as "index.html", or false; it is "docs/index.html"',
  ],
  [s3({ index: true }), "origin.index", 'write a file name, such as "index.html", or false; it is true'],
  [s3({ index: ".." }), "origin.index", 'write a file name, such as "index.html", or false; it is ".."'],
  [s3({ spa: "yes" }), "origin.spa", 'write true or false; it is "yes"'],
  [
    s3({ spa: true, index: false }),
    "origin.index",
    "spa serves the index document; leave index out, or write its name",
  ],
  ...["404.html", "/404", "/../404.html", "/a//404.html", "/404.html?x"].map((notFound): Mistake => [
    s3({ notFound }),
    "origin.notFound",
    `write the path of an HTML page, such as "/404.html"; it is "${notFound}"`,
  ]),
  [
    { policy: [{ path: "/", allow: "public" }, ...SMALL.policy] },
    "policy[0]",
    '"/" is for public, but is served "/index.html", which is for signed-in; add or change rules so that both are for the same people, or write index: false',
  ],
  [
    { policy: [{ path: "/index.html", allow: "public" }, ...SMALL.policy] },
    "policy[1]",
    '"/" is for signed-in, but is served "/index.html", which is for public; add or change rules so that both are for the same people, or write index: false',
  ],
  [
    { ...s3({}), policy: [{ path: "/help/index.html", allow: "public" }] },
    "origin.index",
    '"/help/" is for nobody, but is served "/help/index.html", which is for public; add or change rules so that both are for the same people, or write index: false',
  ],
  [
    { ...s3({ spa: true }), policy: [{ path: "/help/**", allow: "public" }, ...SMALL.policy] },
    "policy[0]",
    '"/help" is for public, and is served the application\'s "/index.html", which is for signed-in; allow "/index.html" to public too, or give "/help" a behavior without spa',
  ],
  [
    { ...s3({ notFound: "/404.html" }), policy: [{ path: "/help/**", allow: "public" }, ...SMALL.policy] },
    "origin.notFound",
    'everybody who opens a missing page sees "/404.html": "/help" is for public, but "/404.html" is for signed-in; add a rule that allows "/404.html" to public',
  ],
  [custom({ exactPaths: "yes" }), "origin.exactPaths", 'write true or false; it is "yes"'],
  [{ caching: true }, "caching", `${CACHING}; it is true`],
  [{ behaviors: {} }, "behaviors", "write a list; it is {}"],
  [behavior({ path: "api" }), "behaviors[0].path", 'write a CloudFront path pattern, such as "/api/*"; it is "api"'],
  [behavior({ path: "/a?" }), "behaviors[0].path", 'write a CloudFront path pattern, such as "/api/*"; it is "/a?"'],
  [behavior({ origin: undefined }), "behaviors[0].origin", `${ORIGIN}; it is missing`],
  [behavior({ caching: "on" }), "behaviors[0].caching", `${CACHING}; it is "on"`],
  [behavior({ allow: "public" }), "behaviors[0].allow", UNKNOWN],
  [
    { behaviors: ["/a/*", "/b/*", "/a/*"].map((path) => ({ path, origin: { type: "s3" } })) },
    "behaviors[2].path",
    '"/a/*" is already listed; remove one',
  ],
  [
    behavior({ path: "/_gate/*" }),
    "behaviors[0].path",
    "/_gate/* is reserved for the gateway's own endpoints; write another path",
  ],
  [
    { ...behavior({ path: "/b/*" }), policy: [{ path: "/a/**", allow: "public" }] },
    "behaviors[0].path",
    'no policy rule can match "/b/*"; add a rule such as { path: "/b/**", allow: "signed-in" }',
  ],
  [
    { ...custom({}), ...behavior({ path: "/a/b" }), policy: [{ path: "/a", allow: "public" }] },
    "behaviors[0].path",
    'no policy rule can match "/a/b"; add a rule such as { path: "/a/b", allow: "signed-in" }',
  ],
  [{ theme: { productName: "" } }, "theme.productName", 'write a name; it is ""'],
  [{ theme: { productName: "x".repeat(61) } }, "theme.productName", "write at most 60 characters"],
  ...[...`<>&"'\\\`$%`].map((character): Mistake => [
    { theme: { productName: character } },
    "theme.productName",
    `write a name without < > & " ' \\ \` $ %; it is ${JSON.stringify(character)}`,
  ]),
  [{ theme: { accentColor: "red" } }, "theme.accentColor", 'write a color as "#rrggbb" in lower case; it is "red"'],
  [
    { theme: { accentColor: "#FFFFFF" } },
    "theme.accentColor",
    'write a color as "#rrggbb" in lower case; it is "#FFFFFF"',
  ],
  [{ theme: { support: 1 } }, "theme.support", "write an e-mail address or an https URL; it is 1"],
  [
    { theme: { support: "javascript:alert(1)" } },
    "theme.support",
    'write an e-mail address or an https URL; it is "javascript:alert(1)"',
  ],
  [
    { theme: { support: 'https://x.example/"onclick=' } },
    "theme.support",
    'write an e-mail address or an https URL; it is "https://x.example/\\"onclick="',
  ],
  [{ theme: { support: `https://x.example/${"a".repeat(200)}` } }, "theme.support", "write at most 200 characters"],
  [
    { theme: { support: "https://x.example/{request}" } },
    "theme.support",
    'write an e-mail address or an https URL; it is "https://x.example/{request}"',
  ],
  [{ theme: { logo: 1 } }, "theme.logo", 'write the path of an SVG or PNG file, such as "logo.svg"; it is 1'],
  [
    { theme: { logo: "no-such-logo.svg" } },
    "theme.logo",
    'there is no such file that can be read; write a path relative to the working directory; it is "no-such-logo.svg"',
  ],
  [
    { theme: { logo: "package-lock.json" } },
    "theme.logo",
    `write an image of at most 3072 bytes; this one has ${statSync("package-lock.json").size}. A tool such as SVGO makes it smaller; it is "package-lock.json"`,
  ],
  [
    { theme: { favicon: "tsconfig.json" } },
    "theme.favicon",
    'write a PNG file, or an SVG file that begins with <svg xmlns="http://www.w3.org/2000/svg"; it is "tsconfig.json"',
  ],
  [{ theme: { languages: ["it"] } }, "theme.languages[0]", 'write languages of "en", "de", "fr", "es"; it is "it"'],
  [
    { theme: { languages: [] } },
    "theme.languages",
    'write at least one language of "en", "de", "fr", "es", or leave languages out; it is []',
  ],
  [{ theme: { languages: ["de", "de"] } }, "theme.languages", 'write each language once; it is ["de","de"]'],
  [
    { theme: { texts: { it: {} } } },
    "theme.texts.it",
    'write texts by language, such as { de: { signOut: "Beenden" } }; the languages are "en", "de", "fr", "es"',
  ],
  [
    { theme: { texts: "Hallo" } },
    "theme.texts",
    'write texts by language, such as { de: { signOut: "Beenden" } }; the languages are "en", "de", "fr", "es"; it is "Hallo"',
  ],
  [
    { theme: { texts: { de: { signInTitle: "" } } } },
    "theme.texts.de.signInTitle",
    'write a text, or leave the key out; it is ""',
  ],
  [
    { theme: { texts: { de: { signInTitle: "x".repeat(501) } } } },
    "theme.texts.de.signInTitle",
    "write at most 500 characters",
  ],
  [
    { theme: { texts: { de: { signInTitle: "\u202ex" } } } },
    "theme.texts.de.signInTitle",
    'write visible characters only; it is "\u202ex"',
  ],
  [
    { theme: { texts: { de: { signInTitel: "Hallo" } } } },
    "theme.texts.de.signInTitel",
    `there is no such text; write one of ${TEXT_KEYS.join(", ")}; it is "Hallo"`,
  ],
  [
    { theme: { texts: { de: { signInTitle: "Hallo {name}" } } } },
    "theme.texts.de.signInTitle",
    'remove {name}: nothing is put into this text; it is "Hallo {name}"',
  ],
  [
    { theme: { texts: { de: { mailBody: "{id} {adress}" } } } },
    "theme.texts.de.mailBody",
    'remove {adress}: only {id} and {address} can be in it; it is "{id} {adress}"',
  ],
  ...(
    [
      [
        "//tickets.example.com/{role}",
        'write an https URL, such as "https://tickets.example.com/new?for={user}&role={role}"',
      ],
      [
        "http://tickets.example.com/?r={role}",
        'write an https URL, such as "https://tickets.example.com/new?for={user}&role={role}"',
      ],
      [
        "https://a b.example.com/",
        'write an https URL, such as "https://tickets.example.com/new?for={user}&role={role}"',
      ],
      ["https://tickets.example.com/?who={mail}", "replace {mail} by one of {user}, {role}, {path}, {reference}"],
      ...[
        "https://{user}.example.com/?a",
        "https://tickets.example.com/{path}?a=1",
        "https://tickets.example.com/?a#{user}",
      ].map((url) => [
        url,
        "move {…} behind the first ?, and leave the fragment out: a value must not become a part of the host or path",
      ]),
    ] as [string, string][]
  ).map(([requestUrl, message]): Mistake => [
    { accessDenied: { tellRoles: ["admin"], requestUrl } },
    "accessDenied.requestUrl",
    `${message}; it is ${JSON.stringify(requestUrl)}`,
  ]),
  [
    { accessDenied: { requestUrl: "https://tickets.example.com/?r={role}" } },
    "accessDenied.requestUrl",
    'leave {role} out, or name the roles that people may be told about in tellRoles; it is "https://tickets.example.com/?r={role}"',
  ],
  [
    { accessDenied: { tellRoles: true } },
    "accessDenied.tellRoles",
    'write a list of roles, such as ["editor"]; it is true',
  ],
  [{ accessDenied: { tellRoles: [] } }, "accessDenied.tellRoles", "name a role, or leave tellRoles out; it is []"],
  [
    { policy: [{ path: "/**", allow: { roles: ["admin"] } }], accessDenied: { tellRoles: ["ops"] } },
    "accessDenied.tellRoles[0]",
    'no rule of the policy requires "ops"; write admin',
  ],
  [
    {
      policy: [{ path: "/**", allow: { roles: ["a", "b", "c", "d", "e"].map((name) => name.repeat(200)) } }],
      accessDenied: { tellRoles: ["a".repeat(200)] },
    },
    "policy[0].allow",
    "what the rule requires has 1004 characters, and a page can tell 1000; require fewer roles in one rule, or leave accessDenied.tellRoles out",
  ],
  [
    { maintenance: true },
    "maintenance",
    'write { until: "2026-12-01T08:00:00Z" }, or {} if nobody knows when; it is true',
  ],
  [
    { maintenance: { until: "2026-12-01 08:00" } },
    "maintenance.until",
    'write a time with its zone, such as "2026-12-01T08:00:00Z"; it is "2026-12-01 08:00"',
  ],
  [{ maintenance: { message: "" } }, "maintenance.message", 'write a text, or leave message out; it is ""'],
  [{ maintenance: { allow: "ops" } }, "maintenance.allow", 'write { roles: ["admin"] }; it is "ops"'],
  [{ maintenance: { allow: { roles: [] } } }, "maintenance.allow.roles", "name a role, or leave allow out; it is []"],
  [
    { policy: [{ path: "/**", allow: { roles: ["admin"] } }], maintenance: { allow: { roles: ["ops"] } } },
    "maintenance.allow.roles[0]",
    'no rule of the policy requires "ops"; write admin',
  ],
];

const POLICY: Mistake[] = [
  [
    { policy: undefined },
    "policy",
    'write a list of rules, such as [{ path: "/**", allow: "signed-in" }]; it is missing',
  ],
  [{ policy: {} }, "policy", 'write a list of rules, such as [{ path: "/**", allow: "signed-in" }]; it is {}'],
  [
    { policy: [] },
    "policy",
    'write at least one rule, such as { path: "/**", allow: "signed-in" }; what no rule matches is denied; it is []',
  ],
  [{ policy: ["/admin"] }, "policy[0]", 'write an object; it is "/admin"'],
  [rule({ path: undefined }), "policy[0].path", 'write a path pattern, such as "/admin/**"; it is missing'],
  [rule({ path: "admin" }), "policy[0].path", 'start the pattern with "/", such as "/admin/**"; it is "admin"'],
  ...["/a/", "/a//b", "//"].map((path): Mistake => [
    rule({ path }),
    "policy[0].path",
    `write each segment once, without "//" and without a trailing "/": a trailing slash never changes a decision; it is "${path}"`,
  ]),
  [
    rule({ path: "/**/a" }),
    "policy[0].path",
    '"**" may only be the last segment; write "*" for one segment; it is "/**/a"',
  ],
  [
    rule({ path: "/a/b*/c" }),
    "policy[0].path",
    '"b*" mixes "*" with other characters; a "*" stands for a whole segment; it is "/a/b*/c"',
  ],
  ...["/api*", "/v1/api*"].map((path): Mistake => [
    rule({ path }),
    "policy[0].path",
    `"api*" mixes "*" with other characters; write "${path.slice(0, -1)}/**" for "${path.slice(0, -1)}" and everything below; it is "${path}"`,
  ]),
  [
    rule({ path: "/*.png" }),
    "policy[0].path",
    '"*.png" mixes "*" with other characters; a "*" stands for a whole segment; it is "/*.png"',
  ],
  [
    rule({ path: "/***" }),
    "policy[0].path",
    '"***" mixes "*" with other characters; a "*" stands for a whole segment; it is "/***"',
  ],
  ...["a b", "%61", "ü", "a;b", 'a"b', "a$", "a\\b"].map((name): Mistake => [
    rule({ path: `/x/${name}` }),
    "policy[0].path",
    `"${name}" has characters that a request may also write as %XX; use letters, digits and . _ ~ - or "*"; it is ${JSON.stringify(`/x/${name}`)}`,
  ]),
  ...["/..", "/a/./b", "/a/../b"].map((path): Mistake => [
    rule({ path }),
    "policy[0].path",
    `dot segments never reach the policy; leave them out; it is "${path}"`,
  ]),
  [rule({ methods: "GET" }), "policy[0].methods", 'write a list; it is "GET"'],
  [rule({ methods: [] }), "policy[0].methods", "name a method or leave methods out; it is []"],
  [
    rule({ methods: ["GET", "get"] }),
    "policy[0].methods[1]",
    'write methods from GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS; it is "get"',
  ],
  [rule({ allow: undefined }), "policy[0].allow", `${ALLOW}; it is missing`],
  [rule({ allow: "everybody" }), "policy[0].allow", `${ALLOW}; it is "everybody"`],
  [rule({ allow: { role: "admin" } }), "policy[0].allow.role", UNKNOWN],
  [rule({ allow: { roles: [] } }), "policy[0].allow.roles", 'name a role, or write allow: "signed-in"; it is []'],
  ...["", " ", " a", "a ", "a\u00a0b", "a\u200bb", "a\u202eb", "\ud800", "x".repeat(257)].map((name): Mistake => [
    rule({ allow: { roles: ["admin", name] } }),
    "policy[0].allow.roles[1]",
    `${ROLE}${name.length > 60 ? "" : `; it is ${JSON.stringify(name)}`}`,
  ]),
  [rule({ escapes: "yes" }), "policy[0].escapes", 'write true or false; it is "yes"'],
  [rule({ preflight: true }), "policy[0].preflight", 'write "pass" or leave it out; it is true'],
  [rule({ method: "GET" }), "policy[0].method", UNKNOWN],
  [rule({ host: "Wiki" }), "policy[0].host", `${HOST}; it is "Wiki"`],
  [
    rule({ host: "other.example.com" }),
    "policy[0].host",
    '"other.example.com" is not served; write wiki.example.com, or add it to alternateDomains',
  ],
  [
    { ...rule({ host: "other.example.com" }), alternateDomains: ["docs.example.com"] },
    "policy[0].host",
    '"other.example.com" is not served; write wiki.example.com or docs.example.com, or add it to alternateDomains',
  ],
  [
    {
      alternateDomains: ["docs.example.com"],
      policy: [
        { host: "docs.example.com", path: "/guide/**", allow: "public" },
        { path: "/**", allow: "signed-in" },
      ],
      origin: { type: "s3" },
    },
    "policy[1]",
    '"/guide" is for signed-in on wiki.example.com and for public on docs.example.com, but the bucket of origin gets the same request for both; allow it to the same people on all hosts, or give each host paths of its own',
  ],
  [
    {
      alternateDomains: ["docs.example.com"],
      policy: [
        { host: "docs.example.com", path: "/prices/**", allow: "public" },
        { path: "/**", allow: "signed-in" },
      ],
      ...custom({}),
      behaviors: [{ path: "/prices/*", origin: custom({}).origin, caching: "optimized" }],
    },
    "policy[1]",
    '"/prices" is for signed-in on wiki.example.com and for public on docs.example.com, but behaviors[0].origin is cached by path alone; write host: "viewer" there to cache by host; allow it to the same people on all hosts, or give each host paths of its own',
  ],
  [
    rule({ path: "/_gate/me/**" }),
    "policy[0].path",
    "/_gate is reserved for the gateway's own endpoints; remove the rule",
  ],
  [
    { ...rule({ path: "/_door/**" }), basePath: "/_door" },
    "policy[0].path",
    "/_door is reserved for the gateway's own endpoints; remove the rule",
  ],
];

const LAMBDA = "arn:aws:lambda:us-east-1:111122223333:function:who";
const hook = (signInHook: object) => ({ signInHook });
const HOOK_TARGET = 'write either lambda: "arn:aws:lambda:us-east-1:…:function:…" or url: "https://…"';
const FUNCTION =
  'write the ARN of a Lambda function in us-east-1, such as "arn:aws:lambda:us-east-1:111122223333:function:who"';
const HOOK_URL = 'write an https URL, such as "https://people.example.com/gateway"';

const HOOK: Mistake[] = [
  [hook({}), "signInHook", `${HOOK_TARGET}; it is {}`],
  [hook({ lambda: LAMBDA, url: "https://a.example" }), "signInHook", HOOK_TARGET],
  [hook({ lambda: "who" }), "signInHook.lambda", `${FUNCTION}; it is "who"`],
  [
    hook({ lambda: LAMBDA.replace("us-east-1", "eu-west-1") }),
    "signInHook.lambda",
    `${FUNCTION}; it is "${LAMBDA.replace("us-east-1", "eu-west-1")}"`,
  ],
  [hook({ url: "http://people.example.com" }), "signInHook.url", `${HOOK_URL}; it is "http://people.example.com"`],
  [hook({ url: "people" }), "signInHook.url", `${HOOK_URL}; it is "people"`],
  [
    hook({ url: "https://people.example.com/#a" }),
    "signInHook.url",
    'leave the fragment out: it is never sent; it is "https://people.example.com/#a"',
  ],
  [
    hook({ lambda: LAMBDA, audience: "urn:people" }),
    "signInHook.audience",
    'remove it: only a server at a url gets a token; it is "urn:people"',
  ],
  [
    hook({ url: "https://a.example", audience: "a b" }),
    "signInHook.audience",
    'write an audience, such as "https://people.example.com"; it is "a b"',
  ],
  ...["0s", "4s", "500ms", "1m"].map((timeout): Mistake => [
    hook({ lambda: LAMBDA, timeout }),
    "signInHook.timeout",
    `write "1s", "2s" or "3s"; it is "${timeout}"`,
  ]),
  [hook({ lambda: LAMBDA, timeout: 2 }), "signInHook.timeout", 'write "1s", "2s" or "3s"; it is 2'],
  [
    hook({ lambda: LAMBDA, grant: "admin" }),
    "signInHook.grant",
    'write a list of roles, such as ["admin"]; it is "admin"',
  ],
  [
    hook({ lambda: LAMBDA, grant: ["admin"] }),
    "signInHook.grant[0]",
    'no rule of the policy requires "admin"; remove it',
  ],
  [hook({ lambda: LAMBDA, roles: ["admin"] }), "signInHook.roles", UNKNOWN],
];

const asking = (requestHook: object, more: object = {}) => ({ accessDenied: { requestHook, ...more } });

const ACCESS_REQUEST: Mistake[] = [
  [asking({}), "accessDenied.requestHook", `${HOOK_TARGET}; it is {}`],
  [asking({ lambda: LAMBDA, url: "https://a.example" }), "accessDenied.requestHook", HOOK_TARGET],
  [
    asking({ url: "http://tickets.example.com" }),
    "accessDenied.requestHook.url",
    `${HOOK_URL}; it is "http://tickets.example.com"`,
  ],
  [
    asking({ lambda: LAMBDA, audience: "urn:tickets" }),
    "accessDenied.requestHook.audience",
    'remove it: only a server at a url gets a token; it is "urn:tickets"',
  ],
  [asking({ lambda: LAMBDA, grant: ["admin"] }), "accessDenied.requestHook.grant", UNKNOWN],
  [
    asking({ lambda: LAMBDA }, { requestUrl: "https://tickets.example.com/new" }),
    "accessDenied.requestHook",
    "remove it, or requestUrl: people ask for access in one way",
  ],
];

export const MISTAKES: Mistake[] = [
  ...ACCESS_REQUEST,
  ...SITE,
  ...IDENTITY,
  ...HOOK,
  [
    withResource("/v*/mcp", {}),
    "behaviors[0].api.resource",
    'a resource needs a pattern whose only "*" is at its end, such as "/mcp*"; it is "/v*/mcp"',
  ],
  [
    { ...withResource("/mcp*", {}), accessTokens: {} },
    "behaviors[0].api.resource",
    "say where clients get tokens: write accessTokens, or authorizationServers here",
  ],
  [
    withResource("/mcp*", { scopes: ["two words"] }),
    "behaviors[0].api.resource.scopes[0]",
    'write a scope, such as "orders:read"; it is "two words"',
  ],
  [
    withResource("/mcp*", { authorizationServers: [] }),
    "behaviors[0].api.resource.authorizationServers",
    "name an authorization server, or leave authorizationServers out; it is []",
  ],
  [
    withResource("/mcp*", { authorizationServers: ["http://login.example.com"] }),
    "behaviors[0].api.resource.authorizationServers[0]",
    'write the issuer\'s https URL, such as "https://login.example.com"; it is "http://login.example.com"',
  ],
  [
    withResource("/mcp*", { documentation: "docs" }),
    "behaviors[0].api.resource.documentation",
    'write the https URL of a page; it is "docs"',
  ],
  [{ audit: true }, "audit", "write { archive: true }, or leave audit out; it is true"],
  [
    { audit: { archive: "s3" } },
    "audit.archive",
    'write true, or { retentionDays, objectLock } or { bucketArn }; it is "s3"',
  ],
  [
    { audit: { archive: { bucketArn: "example-audit" } } },
    "audit.archive.bucketArn",
    'write the ARN of a bucket, such as "arn:aws:s3:::example-audit"; it is "example-audit"',
  ],
  [{ audit: { archive: { retentionDays: 0 } } }, "audit.archive.retentionDays", "write at least 1; it is 0"],
  [
    { audit: { archive: { objectLock: true } } },
    "audit.archive.objectLock",
    'write "governance", "compliance" or false; it is true',
  ],
  [
    { audit: { archive: { bucketArn: "arn:aws:s3:::example-audit", retentionDays: 30 } } },
    "audit.archive.retentionDays",
    "leave it out: the bucket in bucketArn has a lifecycle and an Object Lock of its own",
  ],
  [
    { audit: { archive: { objectLock: "compliance" } }, deletionProtection: false },
    "audit.archive.objectLock",
    'write "governance": nobody could delete a throw-away stage (deletionProtection: false) with this',
  ],
  ...ORIGIN_MISTAKES,
  ...API_MISTAKES,
  ...ATTACH_MISTAKES,
  ...DELIVERY,
  ...WAF,
  ...POLICY,
  ...POLICY_TESTS,
  ...REQUIREMENTS,
];
