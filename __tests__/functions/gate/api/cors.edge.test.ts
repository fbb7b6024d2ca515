/** Scripts of other sites at the gate of API behaviors (CORS), in both engines. */
import { runGate as runInNjs } from "../../../../local/gate-njs";
import { runGate as runInSandbox } from "../../../../local/gate-sandbox";
import { describeWith } from "../../../support/tools";
import { ALICE, token } from "../sessions";
import { only, OTHER, outcomeOf, type ApiRequest, type Engine, type Outcome } from "./gate";

const PREFLIGHT = (
  origin: string | undefined,
  path = "/api/orders",
  more: Record<string, string> = {},
): ApiRequest => ({
  method: "OPTIONS",
  path,
  headers: { ...(origin !== undefined && { Origin: origin }), "Access-Control-Request-Method": "PUT", ...more },
});

async function corsOf(engine: Engine, request: ApiRequest): Promise<Outcome> {
  const outcome = await outcomeOf(engine, request);
  return { ...outcome, headers: only(outcome.headers, /^(vary$|access-control-(?!request))/) };
}

const answered = (headers: Record<string, string>): Outcome => ({
  log: "answer preflight",
  status: 204,
  headers: { vary: "origin", ...headers },
});
const ALLOWED = {
  "access-control-allow-origin": OTHER,
  "access-control-allow-credentials": "true",
  "access-control-allow-headers": "x-total",
  "access-control-allow-methods": "GET,PUT",
  "access-control-max-age": "3600",
};
const READABLE = {
  vary: "origin",
  "access-control-allow-origin": OTHER,
  "access-control-allow-credentials": "true",
  "access-control-expose-headers": "www-authenticate,x-count",
};

const CORS: [name: string, request: ApiRequest, expected: Outcome][] = [
  ["a preflight of a listed site is answered", PREFLIGHT(OTHER), answered(ALLOWED)],
  [
    "one of another listed site, too",
    PREFLIGHT("http://app.localhost:5173"),
    answered({ ...ALLOWED, "access-control-allow-origin": "http://app.localhost:5173" }),
  ],
  ["one of a site that is not listed gets no permission", PREFLIGHT("https://evil.example.com"), answered({})],
  ["one of a site whose name begins alike", PREFLIGHT(`${OTHER}.evil.example`), answered({})],
  ["one of a site whose name ends alike", PREFLIGHT("https://evil-other.example.com"), answered({})],
  ["one over http", PREFLIGHT("http://other.example.com"), answered({})],
  ["one of another port", PREFLIGHT(`${OTHER}:8443`), answered({})],
  ["one of an opaque origin", PREFLIGHT("null"), answered({})],
  [
    "the first pattern counts",
    PREFLIGHT("https://any.example.com", "/api/open/x"),
    answered({
      "access-control-allow-origin": "https://any.example.com",
      "access-control-allow-headers": "authorization,content-type",
      "access-control-allow-methods": "GET,HEAD,POST",
      "access-control-max-age": "3600",
    }),
  ],
  [
    "a pattern without a star is one path",
    PREFLIGHT("https://exact.example.com", "/api/exact"),
    answered({
      "access-control-allow-origin": "https://exact.example.com",
      "access-control-allow-headers": "authorization,content-type",
      "access-control-allow-methods": "GET,HEAD,POST",
      "access-control-max-age": "60",
    }),
  ],
  ["and no other", PREFLIGHT("https://exact.example.com", "/api/exact/x"), answered({})],
  [
    "without CORS settings, the policy decides",
    PREFLIGHT(OTHER, "/api/closed/x"),
    { log: "login none", status: 401, headers: {} },
  ],
  [
    "a preflight with a body is none",
    PREFLIGHT(OTHER, "/api/orders", { "Content-Length": "3" }),
    { log: "login none", status: 401, headers: READABLE },
  ],
  [
    "a preflight with a body of unknown length is none",
    PREFLIGHT(OTHER, "/api/orders", { "Transfer-Encoding": "chunked" }),
    { log: "login none", status: 401, headers: READABLE },
  ],
  [
    "a preflight without an origin is none",
    PREFLIGHT(undefined),
    { log: "login none", status: 401, headers: { vary: "origin" } },
  ],
  [
    "a preflight to a host that is not served is refused",
    { ...PREFLIGHT(OTHER), host: "evil.example.com" },
    { log: "deny host", status: 421, headers: READABLE },
  ],
  [
    "a script can read why it is refused",
    { headers: { Origin: OTHER } },
    { log: "login none", status: 401, headers: READABLE },
  ],
  [
    "a script of another site cannot",
    { headers: { Origin: "https://evil.example.com" } },
    { log: "login none", status: 401, headers: { vary: "origin" } },
  ],
  [
    "what passes is left to the response headers policy",
    { headers: { Origin: OTHER }, session: token() },
    { log: `allow session ${ALICE.uid}`, status: undefined, headers: {} },
  ],
];

describe("in the sandbox", () => {
  test.each(CORS)("%s", async (_, request, expected) => {
    expect(await corsOf(runInSandbox, request)).toEqual(expected);
  });
});

describeWith("njs", "in njs", () => {
  test.each(CORS)("%s", async (_, request, expected) => {
    expect(await corsOf(runInNjs, request)).toEqual(expected);
  });
});
