/** The addresses of a site: the distribution's aliases, DNS records, and the redirect URIs that follow from them. */
import { gatewaysOf } from "../gateway/gateways";
import type { Change } from "../plan/plan";
import { strings } from "../plan/values";
import { listed, say } from "../sentence";
import type { Found, Rule } from "../rule";

export const changesDomains: Rule = {
  id: "changes-domains",
  title: "Changes domains or redirect URIs",
  help: "Register the redirect URIs of new hosts at every identity provider before you apply, or nobody can sign in there.",
  find: (plan) => [
    ...gatewaysOf(plan).flatMap(({ gate, before, after, hosts }): Found[] => {
      if (before?.settings === undefined || after?.settings === undefined) return [];
      const [added, gone] = differences(hosts.before, hosts.after);
      const isMoved = hosts.before[0] !== hosts.after[0];
      return [
        ...(isMoved
          ? [
              {
                severity: "high" as const,
                address: gate.address,
                message: say`The main host becomes ${hosts.after[0] ?? ""} instead of ${hosts.before[0] ?? ""}.`,
              },
            ]
          : []),
        ...(added.length > 0
          ? [
              {
                severity: "medium" as const,
                address: gate.address,
                message: say`New hosts: ${listed(added)}. Register their redirect URIs at every identity provider.`,
              },
            ]
          : []),
        ...(gone.length > 0
          ? [
              {
                severity: "medium" as const,
                address: gate.address,
                message: say`The gate refuses requests to ${listed(gone)} (421).`,
              },
            ]
          : []),
      ];
    }),
    ...plan.changes.flatMap((change) =>
      change.action === "none" ? [] : [...aliases(change), ...records(change), ...clients(change)],
    ),
  ],
};

function aliases({ type, address, before, after }: Change): Found[] {
  if (type !== "aws_cloudfront_distribution" || before === undefined || after === undefined) return [];
  const [, gone] = differences(strings(before["aliases"]), strings(after["aliases"]));
  return gone.length === 0
    ? []
    : [{ severity: "high", address, message: say`CloudFront no longer answers for ${listed(gone)}.` }];
}

function records({ type, address, action, before }: Change): Found[] {
  if (type !== "aws_route53_record" || action !== "delete") return [];
  return [{ severity: "medium", address, message: say`The DNS record of ${String(before!["name"])} is deleted.` }];
}

/** The redirect URIs that an identity provider accepts. */
function clients({ type, address, before, after }: Change): Found[] {
  const attributes = { aws_cognito_user_pool_client: "callback_urls", azuread_application: "web" }[type];
  if (attributes === undefined || before === undefined || after === undefined) return [];
  const read = (values: NonNullable<Change["before"]>) => {
    const value = values[attributes];
    return strings(
      type === "azuread_application" ? (value as { redirect_uris?: unknown }[] | undefined)?.[0]?.redirect_uris : value,
    );
  };
  const [added, gone] = differences(read(before), read(after));
  return [
    ...(added.length > 0
      ? [{ severity: "high" as const, address, message: say`The provider sends codes also to ${listed(added)}.` }]
      : []),
    ...(gone.length > 0
      ? [{ severity: "medium" as const, address, message: say`The provider no longer sends codes to ${listed(gone)}.` }]
      : []),
  ];
}

function differences(before: readonly string[], after: readonly string[]): [added: string[], gone: string[]] {
  return [after.filter((one) => !before.includes(one)), before.filter((one) => !after.includes(one))];
}
