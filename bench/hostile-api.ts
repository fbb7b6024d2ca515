/** Requests made to cost the gate of API behaviors as much as possible: tokens of every form, preflights, origins. */
import { MAX_ACCESS_TOKEN_LENGTH } from "../session/access-tokens";
import { SERVICE_TOKEN_PREFIX } from "../session/service-token";
import type { GateRequest } from "./gate";
import { API_ISSUER, API_ORIGIN } from "./sample";

const BEARER = "Bearer ";
const KID = "k1";
const EXP = Math.floor(Date.now() / 1000) + 600;
/** A token that the gate passes on to the handler. */
const GOOD = `"exp":${EXP},"iss":${JSON.stringify(API_ISSUER)}`;

/** Tokens in the Authorization header, with the given maximum length. */
const TOKENS = (length: number): Record<string, string> => ({
  "of dots": ".".repeat(length),
  "of percent signs": "%".repeat(length),
  "of no form": "x".repeat(length),
  "that begins as a JWT, of dots": `eyJ${".".repeat(length - 3)}`,
  "that begins as a JWT, of percent signs": `eyJ${"%".repeat(length - 3)}`,
  "that begins as a JWT, of one part": `eyJ${"a".repeat(length - 3)}`,
  "with a long signature": jwt(`{${GOOD}}`, "A".repeat(length - 200)),
  "with a payload of no base64": `eyJh.${"%".repeat(length - 9)}.c2ln`,
  "with a payload of commas": `eyJh.${",".repeat(length - 9)}.c2ln`,
  ...Object.fromEntries(
    Object.entries(PAYLOADS).map(([kind, payload]) => [
      `with a payload of ${kind}`,
      // Three bytes of the payload become four characters.
      jwt(payload(Math.floor(((length - 12) * 3) / 4))),
    ]),
  ),
  // The longest payload that the gate reads.
  ...Object.fromEntries(
    Object.entries(PAYLOADS).map(([kind, payload]) => [`with little of ${kind}`, jwt(payload(748))]),
  ),
  "of the gate with an unknown key": `3.k2.${"x".repeat(length - 5)}`,
  "of the gate with a long key ID": `3.${"k".repeat(length - 4)}.x`,
  "of the gate with a wrong MAC": `3.${KID}.${"x".repeat(Math.min(length, LONGEST_TOKEN) - 5)}`,
  "of the gate with empty fields": `3.${KID}.${"~".repeat(Math.min(length, LONGEST_TOKEN) - 5)}`,
  "of the gate with dots": `3${".".repeat(Math.min(length, LONGEST_TOKEN) - 1)}`,
  "of the gate beyond ASCII": `3.${KID}.${"é".repeat((Math.min(length, LONGEST_TOKEN) - 5) / 2)}`,
  "of a service": `${SERVICE_TOKEN_PREFIX}${"a".repeat(length - 4)}`,
  "of a service, of separators": `${SERVICE_TOKEN_PREFIX}${"_".repeat(length - 4)}`,
});
const LONGEST_TOKEN = 3800;

/** JSON with the given maximum of bytes; all but the last kinds are refused only after they have been read. */
const PAYLOADS: Record<string, (bytes: number) => string> = {
  "lists in lists": (bytes) => `{"a":${"[".repeat(bytes / 2 - 60)}${"]".repeat(bytes / 2 - 60)},${GOOD}}`,
  "objects in objects": (bytes) => filled('{"a":', bytes / 6, "1", "}", `,${GOOD}}`),
  "short claims": (bytes) => `{${units((i) => `"${i.toString(36)}":0,`, bytes - 100)}${GOOD}}`,
  "one claim again and again": (bytes) => `{${units(() => '"exp":0,', bytes - 100)}${GOOD}}`,
  "numbers in a list": (bytes) => `{"a":[${units(() => "0,", bytes - 110)}0],${GOOD}}`,
  "long numbers": (bytes) => `{"a":[${units(() => "1.7976931348623157e308,", bytes - 110)}0],${GOOD}}`,
  "one long number": (bytes) => `{"a":${"9".repeat(bytes - 110)},${GOOD}}`,
  "empty texts": (bytes) => `{"a":[${units(() => '"",', bytes - 110)}""],${GOOD}}`,
  "empty lists": (bytes) => `{"a":[${units(() => "[],", bytes - 110)}0],${GOOD}}`,
  "one long text": (bytes) => `{"a":"${"a".repeat(bytes - 110)}",${GOOD}}`,
  escapes: (bytes) => `{"a":"${"\\u00e9".repeat((bytes - 110) / 6)}",${GOOD}}`,
  "letters beyond ASCII": (bytes) => `{"a":"${"é".repeat((bytes - 110) / 2)}",${GOOD}}`,
  spaces: (bytes) => `{${" ".repeat(bytes - 110)}${GOOD}}`,
  "no end": (bytes) => `{"a":"${"a".repeat(bytes - 10)}`,
  "lists that do not end": (bytes) => "[".repeat(bytes),
  "a long issuer": (bytes) => `{"exp":${EXP},"iss":"${"a".repeat(bytes - 60)}"}`,
  "a time in a long text": (bytes) => `{"exp":"${" ".repeat(bytes - 60)}9e15","iss":"x"}`,
};

/** Values of the Origin header. */
const ORIGINS = (length: number): Record<string, string> => ({
  null: "null",
  "that is long": `https://${"a".repeat(length - 20)}.example`,
  "that begins as a listed one": API_ORIGIN + "a".repeat(length - API_ORIGIN.length),
  "beyond ASCII": "é".repeat(length / 2),
  "that is empty": "",
});

/**
 * @param bytes of all headers
 * @param path the most expensive one
 * @param anonymous @param signedIn requests without and with a session, of a site with API behaviors
 */
export function hostileApiShapes(
  bytes: number,
  path: string,
  anonymous: GateRequest,
  signedIn: GateRequest,
): [name: string, request: GateRequest][] {
  const length = Math.min(bytes - 100, MAX_ACCESS_TOKEN_LENGTH);
  const records = signedIn.records!;
  const with_ = (headers: [string, string][], more: Partial<GateRequest> = {}): GateRequest => ({
    ...anonymous,
    records,
    ...more,
    headers,
  });
  const preflight = (headers: [string, string][]) =>
    with_([["Access-Control-Request-Method", "PUT"], ...headers], { method: "OPTIONS" });
  const repeated = (name: string, value: string): [string, string][] =>
    Array.from({ length: Math.floor(bytes / (name.length + value.length + 4)) }, () => [name, value]);
  const tokens = Object.entries(TOKENS(length));
  const longest = jwt(PAYLOADS["short claims"]!(Math.floor(((length - 12) * 3) / 4)));
  return [
    ...tokens.flatMap(([kind, token]): [string, GateRequest][] => [
      [`token ${kind}`, with_([["Authorization", BEARER + token]])],
      [`token ${kind}, and the dearest path`, with_([["Authorization", BEARER + token]], { path })],
    ]),
    ["token longer than any", with_([["Authorization", `${BEARER}eyJ${"a".repeat(bytes - 20)}`]])],
    ["many empty Authorization headers", with_(repeated("Authorization", ""))],
    ["many tokens", with_(repeated("Authorization", `${BEARER}eyJh.e30.c2ln`))],
    ["a long scheme", with_([["Authorization", "B".repeat(bytes - 20)]])],
    ["a scheme and spaces", with_([["Authorization", "Bearer".padEnd(bytes - 20)]])],
    ["a token and a session", { ...signedIn, headers: [["Authorization", BEARER + longest]] }],
    [
      "a session where conditions go on, and the dearest path",
      { ...signedIn, path: path.replace("/orders/", "/plan/") },
    ],
    ["a session of the gate in the header", with_([["Authorization", `${BEARER}2.${KID}.${"x".repeat(length - 5)}`]])],
    ...Object.entries(ORIGINS(bytes - 100)).flatMap(([kind, origin]): [string, GateRequest][] => [
      [`preflight of an origin ${kind}`, preflight([["Origin", origin]])],
      [`an origin ${kind}, without a token`, with_([["Origin", origin]])],
    ]),
    ["preflight of many origins", preflight(repeated("Origin", API_ORIGIN))],
    [
      "preflight for a long method",
      with_(
        [
          ["Origin", API_ORIGIN],
          ["Access-Control-Request-Method", "P".repeat(bytes - 100)],
        ],
        { method: "OPTIONS" },
      ),
    ],
    [
      "preflight for many headers",
      preflight([
        ["Origin", API_ORIGIN],
        ["Access-Control-Request-Headers", "a,".repeat((bytes - 200) / 2)],
      ]),
    ],
    [
      "preflight in many headers",
      preflight([["Origin", API_ORIGIN], ...repeated("Access-Control-Request-Headers", "a").slice(8)]),
    ],
    ["preflight of the dearest path", { ...preflight([["Origin", API_ORIGIN]]), path }],
    [
      "preflight with a body",
      preflight([
        ["Origin", API_ORIGIN],
        ["Content-Length", "9".repeat(bytes - 200)],
      ]),
    ],
  ];
}

function jwt(payload: string, signature = "c2ln"): string {
  return `eyJh.${Buffer.from(payload).toString("base64url")}.${signature}`;
}

/** Different units in a row, with the given maximum of bytes together. */
function units(unit: (i: number) => string, bytes: number): string {
  let text = "";
  for (let i = 0; text.length + unit(i).length <= bytes; i++) text += unit(i);
  return text;
}

function filled(open: string, times: number, middle: string, close: string, end: string): string {
  const depth = Math.floor(times - 20);
  return open.repeat(depth) + middle + close.repeat(depth - 1) + end;
}
