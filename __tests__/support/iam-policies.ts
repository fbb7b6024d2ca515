/** What IAM policies allow, as far as tests ask. */
interface Statement {
  Effect: "Allow" | "Deny";
  Action: string[];
  Resource: string[];
}

/** @param policies documents */
export function statementsOf(policies: readonly string[]): Statement[] {
  return policies.flatMap((policy) => (JSON.parse(policy) as { Statement: Statement[] }).Statement);
}

/** The actions that no statement allows, whatever the resource. */
export function notAllowed(policies: readonly string[], actions: readonly string[]): string[] {
  const allowed = statementsOf(policies).flatMap(({ Effect, Action }) => (Effect === "Allow" ? Action : []));
  return actions.filter((action) => !allowed.includes(action));
}

/** @param addresses of resources */
export function typesOf(addresses: readonly string[]): string[] {
  return [...new Set(addresses.map((address) => address.split(".")[0]!))];
}
