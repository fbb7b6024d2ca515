/** Mistakes in what people who are denied access are told and can ask for. */
import { UNKNOWN, type Mistake } from "../small-config";
import { HOOK_TARGET, HOOK_URL, LAMBDA } from "./sign-in-hook";

const asking = (requestHook: object, more: object = {}) => ({ accessDenied: { requestHook, ...more } });

export const ACCESS_DENIED_MISTAKES: Mistake[] = [
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
