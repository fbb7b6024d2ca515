/** `edgegate doctor idp`: everything that can be checked about an identity provider from outside. */
import type { Finding } from "../finding";
import { credentials, redirectUris } from "./client";
import { discover } from "./discovery";
import { algorithms, clientAuthentication, dpop, flow, pushedRequests, scopes, signOut, silentRenewal } from "./offers";
import { pushedSignOuts } from "./pushes";
import type { Check, DiscoveredSubject, Subject } from "./subject";

/** In the order of a sign-in. */
const CHECKS: readonly Check[] = [
  algorithms,
  flow,
  scopes,
  pushedRequests,
  redirectUris,
  clientAuthentication,
  credentials,
  dpop,
  silentRenewal,
  signOut,
  pushedSignOuts,
];

export interface Examination {
  findings: Finding[];
  /** Undefined if there is no usable discovery document. */
  discovered: DiscoveredSubject | undefined;
}

export async function examineIdentityProvider(subject: Subject): Promise<Examination> {
  const { findings, found } = await discover(subject);
  if (!found) return { findings, discovered: undefined };
  const discovered = { ...subject, ...found };
  const more = await Promise.all(CHECKS.map((check) => check(discovered)));
  return { findings: [...findings, ...more.flat()], discovered };
}
