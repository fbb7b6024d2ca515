/** A handler with two identity providers, and what tests of `backchannel-logout/<idp>` post and expect. */
import { randomBytes } from "node:crypto";
import type { JWTPayload } from "jose";
import { REFUSALS } from "../../../../edge-handlers/auth/oidc/refused";
import type { RevocationCommand } from "../../../../session/revocation";
import { startAuth, type AuthEnvironment } from "../../../support/auth-fixture";
import type { EdgeResponse, ViewerRequest } from "../../../support/cloudfront-event";
import { commonClaims, type Draft, type Flaw } from "../../../support/event-tokens";

export const EVENT = "http://schemas.openid.net/event/backchannel-logout";
export const FORM = "application/x-www-form-urlencoded";
export const BY = { by: "backchannel-logout:main", reason: "The identity provider signed the user out." };

export let environment: AuthEnvironment;
beforeAll(async () => void (environment = await startAuth({ withOtherIdp: true })));
afterAll(() => environment.close());

/** A logout token for one session of alice at the provider `main`. */
export function draft(claims: JWTPayload = {}, { idp, clock }: AuthEnvironment = environment): Draft {
  const now = clock.now();
  return {
    claims: {
      ...commonClaims(idp.issuer, idp.clientId, now),
      exp: now + 120,
      events: { [EVENT]: {} },
      sub: "alice",
      sid: newSid(),
      ...claims,
    },
    header: { typ: "logout+jwt" },
    key: idp.key,
  };
}

export const newSid = () => `idp-${randomBytes(8).toString("hex")}`;

export async function post(
  token: string,
  request: Partial<ViewerRequest> = {},
  { invoke, secret } = environment,
): Promise<EdgeResponse> {
  return invoke({
    url: "/_gate/backchannel-logout/main",
    method: "POST",
    headers: { "Content-Type": FORM },
    body: `logout_token=${encodeURIComponent(secret(token))}`,
    ...request,
  });
}

/** The commands that reached the queue while `act` ran. */
export async function commandsOf(
  act: () => Promise<unknown>,
  { aws, settings } = environment,
): Promise<RevocationCommand[]> {
  const before = aws.messages.length;
  await act();
  const sent = aws.messages.slice(before);
  for (const { queueUrl } of sent) expect(queueUrl).toMatch(new RegExp(`/${settings.aws.revocationQueue}$`));
  return sent.map(({ command }) => command);
}

export function expectRefused(response: EdgeResponse, reason: Flaw[1]): void {
  expect(response).toMatchObject({
    status: 400,
    headers: { "content-type": ["application/json"], "cache-control": ["no-store"] },
  });
  expect(response.headers["set-cookie"]).toBeUndefined();
  expect(JSON.parse(response.body)).toEqual({
    error: "invalid_request",
    error_description: REFUSALS[reason].description,
  });
}

export function expectDone(response: EdgeResponse): void {
  expect(response).toMatchObject({ status: 200, headers: { "cache-control": ["no-store"] }, body: "" });
  expect(response.headers["set-cookie"]).toBeUndefined();
}
