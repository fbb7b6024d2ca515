/** Verifies the gate's proof of a refusal (session/refusal-proof.ts). */
import { tokenKey } from "../../../session/keys";
import { hmac } from "../../../session/node-hash";
import { REFUSAL_MAC } from "../../../session/refusal-proof";
import { macMatches } from "../mac";
import type { RequestContext } from "../request-context";

const PROOF = /&kid=([a-z0-9]{1,8})&until=([0-9]{1,12})$/;

/** @param refusal the path and query of the frame @param sid of the session that was refused */
export async function isProven(context: RequestContext, refusal: string, sid: string): Promise<boolean> {
  const { settings, ports, url, now } = context;
  const at = refusal.lastIndexOf(REFUSAL_MAC);
  // Browsers encode this one character in a query (https://url.spec.whatwg.org/#special-query-percent-encode-set). A `%27`
  // that was in the path is `%2527` here.
  const proven = refusal.slice(0, at).replaceAll("%27", "'");
  const [, kid, until] = PROOF.exec(proven) ?? [];
  if (at < 0 || kid === undefined || !(now < Number(until))) return false;
  if (!proven.startsWith(`${settings.basePath}/refused?why=role&`)) return false;
  const { keys } = await ports.keys(kid);
  const key = Object.hasOwn(keys, kid) ? keys[kid] : undefined;
  if (key === undefined) return false;
  const signed = `refused ${sid} ${url.host} ${proven}`;
  return macMatches(tokenKey(hmac, key), signed, refusal.slice(at + REFUSAL_MAC.length));
}
