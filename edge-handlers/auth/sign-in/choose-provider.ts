/** Which identity provider a sign-in uses, if the request does not say. */
import { pathMatches } from "../../../policy/path";
import type { AuthSettings, IdentityProviderSettings } from "../../../session/settings";
import { domainOf } from "../../../identity/user";

/**
 * The providers that people may choose from at a place. If providers name the place (`offeredAt`), only these are
 * offered. Everywhere else, the providers that name no place are offered.
 *
 * @param host with the port, if it has one
 * @param returnPath where the user wants to go; the query is ignored
 * @returns at least one ID, in the order in which people see them
 */
export function providersAt(
  { identityProviders, providerOrder = Object.keys(identityProviders) }: AuthSettings,
  host: string,
  returnPath: string,
): string[] {
  const all = providerOrder.map((id): [string, IdentityProviderSettings] => [id, identityProviders[id]!]);
  const path = returnPath.split(/[?#]/)[0]!;
  const ids = (providers: [string, IdentityProviderSettings][]) => providers.map(([id]) => id);
  const here = all.filter(
    ([, { offeredAt }]) =>
      offeredAt?.hosts?.includes(host) || offeredAt?.paths?.some((pattern) => pathMatches(pattern, path)),
  );
  if (here.length > 0) return ids(here);
  const everywhere = all.filter(([, { offeredAt }]) => !offeredAt);
  return ids(everywhere.length > 0 ? everywhere : all);
}

/**
 * The only one of these providers that accepts the domain of an e-mail address; undefined if there is none or several.
 */
export function providerOfEmail(
  { identityProviders }: AuthSettings,
  ids: readonly string[],
  email: string,
): string | undefined {
  const domain = domainOf(email);
  const [id, ...others] = ids.filter((one) => identityProviders[one]!.emailDomains?.includes(domain));
  return others.length > 0 ? undefined : id;
}
