/**
 * `aws_assertion`: AWS vouches for the auth handler's role with a token that it signs, and the provider accepts that as
 * a client assertion (RFC 7523 section 2.2). Entra ID calls it a federated identity credential
 * (https://learn.microsoft.com/entra/workload-id/workload-identity-federation). There is no secret.
 */
import { setTimeout } from "node:timers/promises";
import type { AwsAssertion } from "../../../../session/client-authentication";
import { Failure } from "../../failures";
import { addDetail } from "../../request-context";
import { setAssertion } from "./client-assertion";
import { readRefusal, type Refusal } from "./refusal";
import type { Method } from "./method";

/**
 * Codes of Entra ID for an unknown federated credential. A new one takes minutes to reach all servers, and Microsoft
 * recommends to retry every request
 * (https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations#time-for-federated-credential-changes-to-propagate).
 * 70021 is the general code. The others say what did not match: the issuer, the audience, the subject, or the last two
 * in a credential with an expression.
 */
const NOT_PROPAGATED: ReadonlySet<number> = new Set([70021, 700211, 700212, 700213, 7002121, 7002131]);
/** "Client assertion is not within its valid time range" (https://login.microsoftonline.com/error?code=700024). */
const EXPIRED = 700024;
/** Milliseconds; each pause is twice as long as the one before. */
const FIRST_PAUSE = 250;
/** Milliseconds that must be left after a pause, for the request and the work that follows it. */
const TIME_FOR_THE_REST = 1_500;

export const awsAssertion: Method<AwsAssertion> = async ({ context }, settings) => {
  const { ports, timeLeft } = context;
  let assertion = await ports.webIdentityToken(settings);
  let pause = FIRST_PAUSE;
  let isRenewed = false;

  async function waitForPropagation({ codes }: Refusal): Promise<true> {
    if (timeLeft() < pause + TIME_FOR_THE_REST)
      throw new Failure("client_not_propagated", `AADSTS${codes.find((code) => NOT_PROPAGATED.has(code))}`);
    addDetail(context, "client_not_propagated");
    await setTimeout(pause);
    pause *= 2;
    return true;
  }

  async function renew(): Promise<boolean> {
    if (isRenewed || timeLeft() < TIME_FOR_THE_REST) return false;
    isRenewed = true;
    const refused = assertion;
    assertion = await ports.renewWebIdentityToken(settings);
    return assertion !== refused;
  }

  return {
    authenticate: (_server, client, form) => setAssertion(form, client.client_id, assertion),
    async isWorthRetrying(error) {
      const refusal = await readRefusal(error);
      if (!refusal) return false;
      if (refusal.codes.some((code) => NOT_PROPAGATED.has(code))) return waitForPropagation(refusal);
      // Providers without codes do not say what is wrong with an assertion.
      return (refusal.codes.includes(EXPIRED) || refusal.codes.length === 0) && renew();
    },
  };
};
