/** All endpoints. Any other path below the base path is answered with 404 and never reaches an origin. */
import type { RequestContext } from "../request-context";
import { backchannelLogout } from "./backchannel-logout";
import { callback } from "./callback";
import { client } from "./client";
import { device } from "./device";
import { events } from "./events";
import { frontchannelLogout } from "./frontchannel-logout";
import { jwks } from "./jwks";
import { login } from "./login";
import { logout } from "./logout";
import { me } from "./me";
import { refresh } from "./refresh";
import { refused } from "./refused";
import { requestAccess } from "./request-access";
import { isResourceMetadata, RESOURCE_METADATA } from "./resource-metadata";
import { signedIn } from "./signed-in";
import { signedOut } from "./signed-out";
import { token } from "./token";

export interface Endpoint {
  methods: readonly string[];
  answer(context: RequestContext, parameter: string): Promise<Response> | Response;
}

/** By path below the base path; `/*` stands for one more segment, the parameter. */
const ENDPOINTS: Record<string, Endpoint> = {
  login: { methods: ["GET", "HEAD", "POST"], answer: login },
  // No HEAD: a code works only once, and a HEAD must not use it up.
  "callback/*": { methods: ["GET"], answer: callback },
  refresh: { methods: ["POST"], answer: refresh },
  "device/*": { methods: ["POST"], answer: device },
  logout: { methods: ["GET", "POST"], answer: logout },
  "request-access": { methods: ["POST"], answer: requestAccess },
  refused: { methods: ["GET", "HEAD"], answer: refused },
  "signed-in": { methods: ["GET", "HEAD"], answer: signedIn },
  "signed-out": { methods: ["GET", "HEAD"], answer: signedOut },
  "jwks.json": { methods: ["GET", "HEAD"], answer: jwks },
  token: { methods: ["POST"], answer: token },
  "client.js": { methods: ["GET", "HEAD"], answer: client },
  me: { methods: ["GET", "HEAD"], answer: me },
  "frontchannel-logout/*": { methods: ["GET"], answer: frontchannelLogout },
  "backchannel-logout/*": { methods: ["POST"], answer: backchannelLogout },
  "events/*": { methods: ["POST"], answer: events },
};

/** The one endpoint outside the base path: RFC 9728 defines its path. */
const WELL_KNOWN: Match = { name: "resource-metadata", endpoint: RESOURCE_METADATA, parameter: "" };

export interface Match {
  name: string;
  endpoint: Endpoint;
  /** The segment that matches `*`; empty if there is none. */
  parameter: string;
}

/** The endpoint of a path. @param path not decoded */
export function findEndpoint(path: string, basePath: string): Match | undefined {
  if (isResourceMetadata(path)) return WELL_KNOWN;
  if (!path.startsWith(`${basePath}/`)) return undefined;
  const [name = "", parameter, ...more] = path.slice(basePath.length + 1).split("/");
  const pattern = parameter === undefined ? name : `${name}/*`;
  if (more.length > 0 || !Object.hasOwn(ENDPOINTS, pattern)) return undefined;
  return { name, endpoint: ENDPOINTS[pattern]!, parameter: parameter ?? "" };
}
