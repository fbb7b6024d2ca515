/** The gates of API behaviors as they are deployed, and requests to them. */
import type { ManagedConfigInput } from "../../../../config/schema";
import type { runGate } from "../../../../local/gate-sandbox";
import { eventOf, storeOf, type GateRequest } from "../case";
import { NOW } from "../sessions";
import { COMMON, gateSources } from "../sites";

export type Engine = typeof runGate;

const ORIGIN = COMMON.origin;
export const ISSUER = COMMON.identityProviders.main.issuer;
const AUDIENCE = ["https://api.example.com"];
/** A site whose scripts may call. */
export const OTHER = "https://other.example.com";

const SITE: ManagedConfigInput = {
  ...COMMON,
  name: "api",
  accessTokens: {
    main: { identityProvider: "main", audience: AUDIENCE },
    ci: { profile: "github", audience: AUDIENCE, require: { repository: "example/app" } },
  },
  behaviors: [
    { path: "/api/open/*", origin: ORIGIN, api: { cors: { origins: "*" } } },
    { path: "/api/exact", origin: ORIGIN, api: { cors: { origins: ["https://exact.example.com"], maxAge: "1m" } } },
    { path: "/api/closed/*", origin: ORIGIN, api: true },
    {
      path: "/api/*",
      origin: ORIGIN,
      api: {
        cors: {
          origins: [OTHER, "http://app.localhost:5173"],
          methods: ["GET", "PUT"],
          headers: ["X-Total"],
          exposeHeaders: ["x-count"],
          credentials: true,
        },
      },
    },
  ],
  policy: [
    { path: "/api/public/**", allow: "public" },
    { path: "/api/admin/**", allow: { roles: ["admin"] } },
    { path: "/api/ci/**", allow: { idp: ["ci"] } },
    { path: "/api/never/**", allow: "nobody" },
    { path: "/api/office/**", allow: [{ public: true, networks: ["192.0.2.0/24"] }, { roles: ["admin"] }] },
    { path: "/api/plan/**", allow: { claims: { plan: "pro" } } },
    { path: "/api/files/**", allow: "signed-in", escapes: true },
    { path: "/api/**", allow: "signed-in" },
  ],
};
const REWRITING: ManagedConfigInput = {
  ...SITE,
  name: "rewriting",
  behaviors: [{ path: "/api/*", origin: ORIGIN, api: true }],
  policy: [{ path: "/api/**", allow: "signed-in" }],
  viewerRequest: { before: 'function before(request) { request.uri = "/api/rewritten"; return request; }' },
};
const SOURCES = gateSources({
  api: SITE,
  rewriting: REWRITING,
  shut: { ...SITE, name: "shut", maintenance: { allow: { roles: ["admin"] } } },
});

/** Stops the gate's clock: on a busy machine, a token's last minute would pass between its making and its case. */
const CLOCK = `Date.now=function(){return ${NOW * 1000}};`;

export interface ApiRequest extends GateRequest {
  gate?: keyof typeof SOURCES;
  /** The value of the Authorization header. */
  auth?: string;
}

export function run(engine: Engine, { gate = "api", auth, ...request }: ApiRequest) {
  const event = eventOf({
    client: "program",
    path: "/api/orders",
    ...request,
    headers: { ...(auth !== undefined && { Authorization: auth }), ...request.headers },
  });
  return engine(CLOCK + SOURCES[gate], event, storeOf(request));
}

/** What comes of a run: the line of the log, the status of an answer of the gate's own, and all headers. */
export interface Outcome {
  log: string;
  status: number | undefined;
  headers: Record<string, string>;
}

export async function outcomeOf(engine: Engine, request: ApiRequest): Promise<Outcome> {
  const { result, log } = (await run(engine, request)) as unknown as {
    log: string[];
    result: { statusCode?: number; headers: Record<string, { value: string }> };
  };
  return {
    log: log.join(),
    status: result.statusCode,
    headers: Object.fromEntries(Object.entries(result.headers).map(([name, { value }]) => [name, value])),
  };
}

/** Those of the headers whose names fit. */
export function only(headers: Record<string, string>, names: RegExp): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => names.test(name)));
}
