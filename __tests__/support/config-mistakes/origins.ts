/** Every mistake that one can make in an origin. */
import { behavior, custom, HOST, ORIGIN, UNKNOWN, type Mistake } from "../small-config";
import { ORIGINS } from "../origins";

const origin = (written: object): Record<string, unknown> => ({ origin: written });
const vpc = (more: object) => origin({ ...ORIGINS.vpc, ...more });
const lambda = (more: object) => origin({ ...ORIGINS.function, ...more });
const api = (more: object) =>
  origin({ type: "api-gateway", domainName: ORIGINS["api gateway"].domainName, open: true, ...more });
const unprotected = (name: string) =>
  `anybody who finds ${name} can go around the gateway; write secretHeader: true and let the server check it, use type: "vpc", or write open: true if it may be open (docs/origins.md)`;

const HTTP =
  "remove it: CloudFront speaks only HTTPS to servers on the internet, because requests carry people's identity; write httpsPort";
const seconds = (max: number, example: string) =>
  `write a duration from "1s" to "${max}s", the range that CloudFront takes, such as "${example}"`;
const SHIELD =
  "write a region that has Origin Shield: us-east-1, us-east-2, us-west-2, ap-northeast-1, ap-northeast-2, ap-south-1, ap-southeast-1, ap-southeast-2, eu-central-1, eu-west-1, eu-west-2, me-central-1, sa-east-1";
const BUCKET = "write a bucket name of 3 to 63 lower-case letters, digits, dots and hyphens";
const VPC_ARN = "write the ARN of an internal Application or Network Load Balancer, or of an instance";
const FUNCTION_HOST =
  'write the host name of the function URL without scheme and path, such as "abcdefghijklmnopqrstuvwxyz012345.lambda-url.us-east-1.on.aws"';
const FUNCTION_ARN = 'write the ARN of the function, such as "arn:aws:lambda:us-east-1:111122223333:function:app"';
const API_HOST =
  'write the host name of the invoke URL without scheme and stage, such as "abcde12345.execute-api.us-east-1.amazonaws.com"';
const HOST_HEADER = 'write "origin" for the server\'s own name or "viewer" for the host that people opened';
const STATUSES = "write statuses from 400, 403, 404, 416, 429, 500, 502, 503, 504";
const SAME_KIND =
  "write an S3 origin for an S3 origin, and a server for a server: both get the same requests, and buckets get no identity";

export const ORIGIN_MISTAKES: Mistake[] = [
  [origin({ type: "s3", bucketName: "My_Bucket" }), "origin.bucketName", `${BUCKET}; it is "My_Bucket"`],
  [origin({ type: "s3", domainName: "origin.example.com" }), "origin.domainName", UNKNOWN],
  [
    origin({ type: "s3", existingBucket: { name: "a_b", region: "eu-central-1" } }),
    "origin.existingBucket.name",
    `${BUCKET}; it is "a_b"`,
  ],
  [
    origin({ type: "s3", existingBucket: { name: "archive" } }),
    "origin.existingBucket.region",
    'write a region, such as "eu-central-1"; it is missing',
  ],
  [
    origin({ ...ORIGINS["existing bucket"], bucketName: "archive" }),
    "origin.bucketName",
    "remove it: existingBucket already says which bucket",
  ],

  [custom({ domainName: undefined }), "origin.domainName", `${HOST}; it is missing`],
  [
    custom({ domainName: "https://origin.example.com" }),
    "origin.domainName",
    `${HOST}; it is "https://origin.example.com"`,
  ],
  [
    custom({ domainName: "wiki.example.com" }),
    "origin.domainName",
    '"wiki.example.com" is a domain of the gateway, so requests would return to it; write the host name of the server behind it, such as "origin.wiki.example.com"',
  ],
  [
    {
      alternateDomains: ["docs.example.com"],
      ...behavior({ origin: { type: "custom", domainName: "docs.example.com", open: true } }),
    },
    "behaviors[0].origin.domainName",
    '"docs.example.com" is a domain of the gateway, so requests would return to it; write the host name of the server behind it, such as "origin.docs.example.com"',
  ],
  [custom({ path: "app/" }), "origin.path", 'write a path without a trailing slash, such as "/app"; it is "app/"'],
  [custom({ path: "/a?b" }), "origin.path", 'write a path without a trailing slash, such as "/app"; it is "/a?b"'],
  [custom({ httpsPort: "443" }), "origin.httpsPort", 'write a port number; it is "443"'],
  [custom({ httpsPort: 0 }), "origin.httpsPort", "write a port from 1 to 65535; it is 0"],
  [custom({ httpsPort: 65_536 }), "origin.httpsPort", "write a port from 1 to 65535; it is 65536"],
  [custom({ httpPort: 80 }), "origin.httpPort", `${HTTP}; it is 80`],
  [custom({ host: "wiki.example.com" }), "origin.host", `${HOST_HEADER}; it is "wiki.example.com"`],
  ...["0s", "121s", "1h", "500ms"].map((readTimeout): Mistake => [
    custom({ readTimeout }),
    "origin.readTimeout",
    `${seconds(120, "60s")}; it is "${readTimeout}"`,
  ]),
  [custom({ keepAlive: 5 }), "origin.keepAlive", `${seconds(120, "60s")}; it is 5`],
  ...[0, 4, 1.5].map((connectionAttempts): Mistake => [
    custom({ connectionAttempts }),
    "origin.connectionAttempts",
    `write 1, 2 or 3; it is ${connectionAttempts}`,
  ]),
  [custom({ connectionTimeout: "11s" }), "origin.connectionTimeout", `${seconds(10, "5s")}; it is "11s"`],
  [custom({ shield: "eu-north-1" }), "origin.shield", `${SHIELD}; it is "eu-north-1"`],

  [custom({ open: undefined }), "origin", unprotected("origin.example.com")],
  [custom({ open: false, secretHeader: false }), "origin", unprotected("origin.example.com")],
  [api({ open: undefined }), "origin", unprotected(ORIGINS["api gateway"].domainName)],
  [
    behavior({ origin: { type: "custom", domainName: "a.example.com" } }),
    "behaviors[0].origin",
    unprotected("a.example.com"),
  ],
  [
    custom({ failover: { to: { type: "custom", domainName: "b.example.com" } } }),
    "origin.failover.to",
    unprotected("b.example.com"),
  ],
  [custom({ secretHeader: true }), "origin.open", "remove it: secretHeader keeps others out"],
  [custom({ secretHeader: "s3cret" }), "origin.secretHeader", 'write true or false; it is "s3cret"'],
  [custom({ open: "yes" }), "origin.open", 'write true or false; it is "yes"'],
  [vpc({ open: true }), "origin.open", UNKNOWN],
  [custom({ assertion: "yes" }), "origin.assertion", 'write true or false; it is "yes"'],
  [
    custom({ assertion: true }),
    "origin.assertion",
    'say whom it is for: write assertion: { audience: "https://…" } beside origin',
  ],
  [
    { ...custom({}), assertion: { audience: "urn:wiki" } },
    "assertion",
    "no origin gets it: write assertion: true for each server that checks it",
  ],
  [
    { ...custom({ assertion: true }), caching: "optimized", assertion: { audience: "urn:wiki" } },
    "origin.assertion",
    "remove it: with caching, one answer is for all users alike",
  ],
  [
    { ...custom({ assertion: true }), assertion: { audience: "the wiki" } },
    "assertion.audience",
    'write a URL or a name for your servers, such as "https://orders.internal.example.com"; it is "the wiki"',
  ],
  [
    { ...custom({ assertion: true }), assertion: { audience: "urn:wiki", rotationDays: 0 } },
    "assertion.rotationDays",
    "write at least 1; it is 0",
  ],
  [
    { ...custom({ assertion: true }), assertion: {} },
    "assertion.audience",
    'write a URL or a name for your servers, such as "https://orders.internal.example.com"; it is missing',
  ],
  [lambda({ secretHeader: true }), "origin.secretHeader", UNKNOWN],
  [{ originSecret: { rotationDays: 0 } }, "originSecret.rotationDays", "write at least 1; it is 0"],
  [{ originSecret: { rotationDays: 366 } }, "originSecret.rotationDays", "write at most 365; it is 366"],
  [{ originSecret: { rotationDays: "30d" } }, "originSecret.rotationDays", 'write a number of days; it is "30d"'],

  [vpc({ arn: "vpc-0a1b2c3d" }), "origin.arn", `${VPC_ARN}; it is "vpc-0a1b2c3d"`],
  [vpc({ domainName: undefined }), "origin.domainName", `${HOST}; it is missing`],
  [vpc({ protocol: "tcp" }), "origin.protocol", 'write "https" or "http"; it is "tcp"'],
  [vpc({ port: 0 }), "origin.port", "write a port from 1 to 65535; it is 0"],
  [vpc({ httpsPort: 443 }), "origin.httpsPort", UNKNOWN],
  [
    vpc({ domainName: "wiki.example.com" }),
    "origin.domainName",
    '"wiki.example.com" is a domain of the gateway; write another name. With host: "viewer", the server\'s certificate may be for "wiki.example.com" all the same',
  ],

  ...["https://abcdefgh.lambda-url.us-east-1.on.aws/", "app.example.com"].map((domainName): Mistake => [
    lambda({ domainName }),
    "origin.domainName",
    `${FUNCTION_HOST}; it is "${domainName}"`,
  ]),
  [lambda({ functionArn: "orders" }), "origin.functionArn", `${FUNCTION_ARN}; it is "orders"`],
  [
    lambda({ functionArn: "arn:aws:lambda:eu-west-1:111122223333:function:orders" }),
    "origin.functionArn",
    "the function is in eu-west-1 and the URL in us-east-1; write the ARN of the URL's function",
  ],
  [lambda({ host: "viewer" }), "origin.host", UNKNOWN],

  [api({ domainName: "api.example.com" }), "origin.domainName", `${API_HOST}; it is "api.example.com"`],
  [api({ path: "prod" }), "origin.path", 'write a path without a trailing slash, such as "/app"; it is "prod"'],
  [api({ host: "viewer" }), "origin.host", UNKNOWN],

  [custom({ failover: {} }), "origin.failover.to", `${ORIGIN}; it is missing`],
  [custom({ failover: { to: ORIGINS.open, on: [418] } }), "origin.failover.on[0]", `${STATUSES}; it is 418`],
  [
    custom({ failover: { to: ORIGINS.open, on: [] } }),
    "origin.failover.on",
    "write a status, or leave it out for 500, 502, 503 and 504; it is []",
  ],
  ...[403, 404].map((status): Mistake => [
    origin({
      type: "s3",
      failover: {
        to: { type: "s3", existingBucket: { name: "example-standby", region: "us-west-2" } },
        on: [500, status],
      },
    }),
    "origin.failover.on",
    "write both 403 and 404 for what is missing in a bucket, or neither",
  ]),
  [custom({ failover: { to: ORIGINS["server with failover"] } }), "origin.failover.to.failover", UNKNOWN],
  [custom({ failover: { to: { type: "s3" } } }), "origin.failover.to.type", SAME_KIND],
  [
    behavior({ origin: { type: "s3", failover: { to: ORIGINS.server } } }),
    "behaviors[0].origin.failover.to.type",
    SAME_KIND,
  ],
  [
    custom({ host: "viewer", failover: { to: ORIGINS.open } }),
    "origin.failover.to",
    'let both servers get the same Host: "viewer"',
  ],
  [
    custom({ failover: { to: ORIGINS.server } }),
    "origin.failover.to",
    "let both servers get the secret header, or none: secretHeader: false",
  ],
  [
    { ...custom({ failover: { to: { ...ORIGINS.open, assertion: true } } }), assertion: { audience: "urn:wiki" } },
    "origin.failover.to",
    "let both servers get assertions, or none: assertion: false",
  ],
  [
    origin({ type: "s3", failover: { to: { type: "s3" } } }),
    "origin.failover.to",
    "write another origin than the first",
  ],
  [
    custom({ failover: { to: { type: "custom", domainName: "wiki.example.com", open: true } } }),
    "origin.failover.to.domainName",
    '"wiki.example.com" is a domain of the gateway, so requests would return to it; write the host name of the server behind it, such as "origin.wiki.example.com"',
  ],
];
