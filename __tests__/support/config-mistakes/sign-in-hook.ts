/** Mistakes in the sign-in hook, and what is said of the target of any hook. */
import { UNKNOWN, type Mistake } from "../small-config";

export const LAMBDA = "arn:aws:lambda:us-east-1:111122223333:function:who";
export const HOOK_TARGET = 'write either lambda: "arn:aws:lambda:us-east-1:…:function:…" or url: "https://…"';
export const HOOK_URL = 'write an https URL, such as "https://people.example.com/gateway"';

const FUNCTION =
  'write the ARN of a Lambda function in us-east-1, such as "arn:aws:lambda:us-east-1:111122223333:function:who"';
const hook = (signInHook: object) => ({ signInHook });

export const SIGN_IN_HOOK_MISTAKES: Mistake[] = [
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
