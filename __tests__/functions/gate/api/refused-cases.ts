/** What the gate refuses for little, so that the handler need not run. */
import { NOW } from "../sessions";
import { JWT, SERVICE, jwt, ofText } from "./bearer-tokens";
import { ISSUER } from "./gate";
import { ASKS, refused, verifies, type TokenCase } from "./seen";

export const REFUSED_CASES: TokenCase[] = [
  ["no token", {}, ASKS],
  ["a navigation is answered like a program", { client: "navigation" }, ASKS],
  ["an expired JWT", { auth: `Bearer ${jwt({ exp: NOW - 61 })}` }, refused("expired")],
  [
    "a JWT within a minute of its end goes on",
    { auth: `Bearer ${jwt({ exp: NOW - 30 })}` },
    verifies("+", `Bearer ${jwt({ exp: NOW - 30 })}`),
  ],
  ["a JWT without an end", { auth: `Bearer ${jwt({ exp: undefined })}` }, refused("expired")],
  ["a JWT whose end is a text without a number", { auth: `Bearer ${jwt({ exp: "soon" })}` }, refused("expired")],
  ["a JWT of an unknown issuer", { auth: `Bearer ${jwt({ iss: "https://evil.example.com" })}` }, refused("issuer")],
  ["a JWT without an issuer", { auth: `Bearer ${jwt({ iss: undefined })}` }, refused("issuer")],
  ["a JWT whose issuer is a list", { auth: `Bearer ${jwt({ iss: [ISSUER] })}` }, refused("issuer")],
  [
    "a JWT with escaped slashes in its issuer goes on",
    { auth: `Bearer ${ofText(`{"exp":${NOW + 600},"iss":${JSON.stringify(ISSUER).replaceAll("/", "\\/")}}`)}` },
    verifies("+", `Bearer ${ofText(`{"exp":${NOW + 600},"iss":${JSON.stringify(ISSUER).replaceAll("/", "\\/")}}`)}`),
  ],
  [
    "a JWT with spaces between its claims goes on",
    { auth: `Bearer ${ofText(JSON.stringify({ iss: ISSUER, exp: NOW + 600 }, null, 2))}` },
    verifies("+", `Bearer ${ofText(JSON.stringify({ iss: ISSUER, exp: NOW + 600 }, null, 2))}`),
  ],
  [
    "a JWT with a second issuer inside another claim goes on",
    { auth: `Bearer ${jwt({ act: { iss: "https://other.example.com" } })}` },
    verifies("+", `Bearer ${jwt({ act: { iss: "https://other.example.com" } })}`),
  ],
  [
    "a JWT whose claims do not end goes on, because parsing it is dear",
    { auth: `Bearer ${ofText(`{"exp":${NOW + 600},"iss":${JSON.stringify(ISSUER)}`)}` },
    verifies("+", `Bearer ${ofText(`{"exp":${NOW + 600},"iss":${JSON.stringify(ISSUER)}`)}`),
  ],
  [
    "a JWT of an issuer that begins alike",
    { auth: `Bearer ${jwt({ iss: `${ISSUER}.evil.example` })}` },
    refused("issuer"),
  ],
  ["a JWT whose times are in a text", { auth: `Bearer ${jwt({ exp: "9999999999" })}` }, refused("expired")],
  [
    "a JWT whose end is in another claim",
    { auth: `Bearer ${jwt({ exp: undefined, x: { exp: 1 } })}` },
    refused("expired"),
  ],
  [
    "an expired JWT with many claims goes on, because reading it is dear",
    { auth: `Bearer ${jwt({ exp: NOW - 61, x: "y".repeat(1000) })}` },
    verifies("+", `Bearer ${jwt({ exp: NOW - 61, x: "y".repeat(1000) })}`),
  ],
  ["a JWT of two parts", { auth: `Bearer ${JWT.split(".").slice(0, 2).join(".")}` }, refused("form")],
  ["a JWT of four parts", { auth: `Bearer ${JWT}.x` }, refused("form")],
  ["a JWT whose payload is no JSON", { auth: "Bearer eyJh.YWJj.c2ln" }, refused("expired")],
  [
    "a JWT whose payload is null",
    { auth: `Bearer eyJh.${Buffer.from("null").toString("base64url")}.c2ln` },
    refused("expired"),
  ],
  [
    "a JWT whose payload is a number",
    { auth: `Bearer eyJh.${Buffer.from("1").toString("base64url")}.c2ln` },
    refused("expired"),
  ],
  ["a JWT that does not begin as one", { auth: `Bearer ${JWT.slice(1)}` }, refused("form")],
  ["a JWT that is too long", { auth: `Bearer ${jwt({ x: "y".repeat(8_192) })}` }, refused("form")],
  ["an opaque token", { auth: "Bearer SlAV32hkKG" }, refused("form")],
  ["an empty token", { auth: "Bearer " }, refused("form")],
  ["another scheme", { auth: "Basic YTpi" }, refused("form")],
  ["a scheme alone", { auth: "Bearer" }, refused("form")],
  ["a service token that is too short", { auth: `Bearer ${SERVICE.slice(0, -1)}` }, refused("form")],
];
