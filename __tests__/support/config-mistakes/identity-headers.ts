/** Mistakes in the headers that tell the origin who somebody is. */
import { CLAIM, type Mistake } from "../small-config";

export const IDENTITY_HEADER_MISTAKES: Mistake[] = [
  [
    { identityHeaders: { "x-team": "team" } },
    "identityHeaders.x-team",
    'write a header name that starts with "x-gate-"; it is "x-team"',
  ],
  [
    { identityHeaders: { "X-Gate-Team": "team" } },
    "identityHeaders.X-Gate-Team",
    'write a header name that starts with "x-gate-"; it is "X-Gate-Team"',
  ],
  [
    { identityHeaders: { "x-gate-mail": "email" } },
    "identityHeaders.x-gate-mail",
    'read x-gate-email, and remove this: the provider may not have verified what the claim says; it is "email"',
  ],
  [{ identityHeaders: { "x-gate-team": "my team" } }, "identityHeaders.x-gate-team", `${CLAIM}; it is "my team"`],
  ...["user", "email", "roles", "session", "assertion"].map((name): Mistake => [
    { identityHeaders: { [`x-gate-${name}`]: "a" } },
    "identityHeaders",
    `x-gate-user, x-gate-email, x-gate-roles, x-gate-session, x-gate-idp, x-gate-assertion, x-gate-requirement, x-gate-origin-secret are set already; choose another header name; it is {"x-gate-${name}":"a"}`,
  ]),
];
