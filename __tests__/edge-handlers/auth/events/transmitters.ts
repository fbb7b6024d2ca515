/** A handler with transmitters of security events, and what tests of `events/<transmitter>` push and expect. */
import { randomBytes } from "node:crypto";
import type { JWTPayload } from "jose";
import { REFUSALS } from "../../../../edge-handlers/auth/oidc/refused";
import type { RevocationCommand } from "../../../../session/revocation";
import type { OptionalEvent } from "../../../../session/security-events";
import type { AuthSettings, EventTransmitterSettings } from "../../../../session/settings";
import { startAuth, type AuthEnvironment } from "../../../support/auth-fixture";
import type { EdgeResponse, ViewerRequest } from "../../../support/cloudfront-event";
import { commonClaims, type Draft, type Flaw } from "../../../support/event-tokens";

export const SET = "application/secevent+jwt";
export const AUDIENCE = "https://app.example.com/events";
export const CAEP = "https://schemas.openid.net/secevent/caep/event-type/";
export const RISC = "https://schemas.openid.net/secevent/risc/event-type/";
export const SSF = "https://schemas.openid.net/secevent/ssf/event-type/";
export const WEEK = 7 * 86_400;

/** The events that need the config's consent, and a payload with which they act. */
export const OPTIONAL: { event: OptionalEvent; uri: string; name: string; payload: object }[] = [
  {
    event: "device-compliance-change",
    uri: `${CAEP}device-compliance-change`,
    name: "CAEP device-compliance-change",
    payload: { previous_status: "compliant", current_status: "not-compliant" },
  },
  {
    event: "token-claims-change",
    uri: `${CAEP}token-claims-change`,
    name: "CAEP token-claims-change",
    payload: { claims: { role: "ro-admin" } },
  },
  {
    event: "account-credential-change-required",
    uri: `${RISC}account-credential-change-required`,
    name: "RISC account-credential-change-required",
    payload: {},
  },
];

export let environment: AuthEnvironment;
beforeAll(async () => void (environment = await startWithTransmitters()));
afterAll(async () => {
  await environment.close();
  // Whatever a test pushed, accepted or refused.
  expect(environment.logs()).not.toMatch(/of-the-token|other\.example|alice|secret-state/);
});

/**
 * `corp` tells of users of the identity provider `main` by opaque names too; `edr`, of the same issuer, by none; `lost`
 * by those of a provider that the config has lost; `on-<event>` may end sessions by that event.
 */
async function startWithTransmitters(): Promise<AuthEnvironment> {
  const place = await startAuth({ withOtherIdp: true });
  const { issuer } = place.otherIdp!;
  const transmitter = { issuer, audience: AUDIENCE, jwksUri: `${issuer}/jwks` };
  const eventTransmitters: AuthSettings["eventTransmitters"] = {
    corp: { ...transmitter, identityProvider: "main" },
    edr: transmitter,
    lost: { ...transmitter, identityProvider: "constructor" },
    ...Object.fromEntries(
      OPTIONAL.map(({ event }): [string, EventTransmitterSettings] => [
        `on-${event}`,
        { ...transmitter, on: { [event]: "revoke" } },
      ]),
    ),
  };
  place.publishSettings({ ...place.settings, eventTransmitters });
  return place;
}

export async function withTransmitters(body: (place: AuthEnvironment) => Promise<void>): Promise<void> {
  const place = await startWithTransmitters();
  try {
    await body(place);
  } finally {
    await place.close();
  }
}

export const alice = ({ idp } = environment) => ({ format: "iss_sub", iss: idp.issuer, sub: "alice" });
export const newSid = () => `idp-${randomBytes(8).toString("hex")}`;

/** An event about alice. */
export function draft(
  event = `${CAEP}session-revoked`,
  claims: JWTPayload = {},
  payload: object = {},
  place = environment,
): Draft {
  const transmitter = place.otherIdp!;
  return {
    claims: {
      ...commonClaims(transmitter.issuer, AUDIENCE, place.clock.now()),
      sub_id: alice(place),
      events: { [event]: payload },
      ...claims,
    },
    header: { typ: "secevent+jwt" },
    key: transmitter.key,
  };
}

export async function push(
  token: string,
  request: Partial<ViewerRequest> = {},
  { invoke, secret } = environment,
): Promise<EdgeResponse> {
  return invoke({
    url: "/_gate/events/corp",
    method: "POST",
    headers: { "Content-Type": SET, Accept: "application/json" },
    body: secret(token),
    ...request,
  });
}

/** The commands that reached the queue while `act` ran. */
export async function commandsOf(act: () => Promise<unknown>, { aws } = environment): Promise<RevocationCommand[]> {
  const before = aws.messages.length;
  await act();
  return aws.messages.slice(before).map(({ command }) => command);
}

export function expectRefused(response: EdgeResponse, reason: Flaw[1]): void {
  expect(response).toMatchObject({
    status: 400,
    headers: { "content-type": ["application/json"], "cache-control": ["no-store"] },
  });
  expect(response.headers["set-cookie"]).toBeUndefined();
  expect(JSON.parse(response.body)).toEqual(REFUSALS[reason]);
}

export function expectAccepted(response: EdgeResponse): void {
  expect(response).toMatchObject({ status: 202, headers: { "cache-control": ["no-store"] }, body: "" });
  expect(response.headers["set-cookie"]).toBeUndefined();
}

/** The cut-off of alice that an event asks for. */
export function cutOff(reason: string, cutoff: unknown, by = "event:corp"): unknown {
  return { version: 1, target: { type: "user", uid: environment.uid("alice") }, cutoff, by, reason };
}
