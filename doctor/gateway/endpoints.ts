/** Checks the gateway's own endpoints. This runs the auth handler with its settings, keys and providers. */
import { FLOW_COOKIE_PREFIX } from "../../session/cookies";
import { endpointUrls } from "../../stacks/endpoint-urls";
import { finder, type Finding } from "../finding";
import { objectIn, type Answer } from "../http";
import { ask, described, FETCH, NAVIGATION, type Check, type Subject } from "./subject";

const LOOK_IN_LOG = "look up the request in the auth handler's log; docs/operations.md explains the codes";
const DEPLOY = "the deployed settings are not those of this config: deploy it";

export const me: Check = async (subject) => {
  const { ok, problem } = finder("me");
  const answer = await ask(subject, `${subject.config.basePath}/me`, { headers: FETCH });
  return answer.status === 401 ? ok("nobody is signed in") : problem(described(answer), LOOK_IN_LOG);
};

/** For each identity provider: as far as the browser's redirect to it. */
export const signIn: Check = async (subject) =>
  Promise.all(Object.keys(subject.config.identityProviders).map((id) => signInAt(subject, id)));

async function signInAt(subject: Subject, id: string): Promise<Finding> {
  const { ok, problem } = finder(`sign-in ${id}`);
  const { config, host } = subject;
  const answer = await ask(subject, `${config.basePath}/login?idp=${id}`, { headers: NAVIGATION });
  const { location } = answer.headers;
  if (answer.status !== 302 || location === undefined || !URL.canParse(location))
    return problem(described(answer), `${LOOK_IN_LOG}; edgegate doctor idp ${id} checks the provider`);
  const target = new URL(location);
  const { clientId } = config.identityProviders[id]!;
  const asked = target.searchParams;
  if (clientId !== undefined && asked.get("client_id") !== clientId)
    return problem(`sends people to the provider as the client ${JSON.stringify(asked.get("client_id"))}`, DEPLOY);
  // With a pushed request nothing else is visible (RFC 9126 section 4).
  if (!asked.has("request_uri")) {
    const redirectUri = endpointUrls({ hosts: [host], basePath: config.basePath }, `/callback/${id}`)[0];
    if (asked.get("redirect_uri") !== redirectUri)
      return problem(`the redirect URI is ${JSON.stringify(asked.get("redirect_uri"))}, not ${redirectUri}`, DEPLOY);
    if (asked.get("code_challenge_method") !== "S256" || !asked.has("state") || !asked.has("nonce"))
      return problem("state, nonce or PKCE is missing", "something else than this gateway answers");
  }
  return hasFlowCookie(answer)
    ? ok(`redirects to ${target.host}`)
    : problem("the flow cookie is missing or not protected", "something between browser and gateway changes cookies");
}

function hasFlowCookie({ setCookies }: Answer): boolean {
  return setCookies.some(
    (cookie) =>
      cookie.startsWith(FLOW_COOKIE_PREFIX) &&
      ["Secure", "HttpOnly", "SameSite=Lax", "Path=/"].every((attribute) => cookie.split("; ").includes(attribute)),
  );
}

/**
 * Providers and transmitters push without a browser. The pushed text is not a token, so it must be refused for that
 * reason.
 */
export const pushed: Check = async (subject) => {
  const { identityProviders, eventTransmitters, basePath } = subject.config;
  const endpoints = [
    ...Object.keys(identityProviders).map((id) => [`backchannel-logout/${id}`, FORM] as const),
    ...Object.keys(eventTransmitters).map((id) => [`events/${id}`, EVENT] as const),
  ];
  return Promise.all(
    endpoints.map(async ([name, request]) => {
      const { ok, problem } = finder(name);
      const answer = await ask(subject, `${basePath}/${name}`, { method: "POST", ...request });
      if (answer.status === 400) return ok("refuses what is no token");
      return problem(
        described(answer),
        answer.status === 403
          ? "the web ACL blocks what the provider pushes: npx edgegate waf why shows the rule"
          : LOOK_IN_LOG,
      );
    }),
  );
};

const FORM = {
  headers: { "content-type": "application/x-www-form-urlencoded" },
  body: "logout_token=edgegate-doctor",
};
const EVENT = { headers: { "content-type": "application/secevent+jwt" }, body: "edgegate-doctor" };

/** Providers fetch these keys to verify the gateway's assertions. */
export const clientKeys: Check = async (subject) => {
  const { identityProviders, basePath } = subject.config;
  const isSigning = Object.values(identityProviders).some(
    ({ clientAuthentication: it }) => typeof it === "object" && it.method === "private_key_jwt",
  );
  if (!isSigning) return [];
  const { ok, problem } = finder("jwks.json");
  const answer = await ask(subject, `${basePath}/jwks.json`, { headers: { accept: "application/json" } });
  const keys = answer.status === 200 ? objectIn(answer)?.["keys"] : undefined;
  const count = Array.isArray(keys) ? keys.length : 0;
  return count > 0
    ? ok(`${count} ${count === 1 ? "key" : "keys"}`)
    : problem(described(answer), "store the private keys with edgegate secrets put, or check the KMS keys");
};
