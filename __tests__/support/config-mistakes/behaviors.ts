/** Mistakes in behaviors, in the files of a bucket, and in who gets them. */
import { CACHING, ORIGIN, SMALL, UNKNOWN, behavior, custom, s3, type Mistake } from "../small-config";

export const BEHAVIOR_MISTAKES: Mistake[] = [
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
];
