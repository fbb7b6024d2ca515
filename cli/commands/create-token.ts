/**
 * `edgegate token create`: makes a service token. The token is made here, and only its hash leaves this machine. Stdout
 * has the token and nothing else, so that it can be piped into a secret store.
 */
import { randomBytes } from "node:crypto";
import { usesApi } from "../../config/api-checks";
import { rolesOf } from "../../policy/rule";
import { sha256 } from "../../session/node-hash";
import { newServiceToken, serviceTokenHash } from "../../session/service-token";
import { onStderr } from "../colors";
import type { Context } from "../context";
import { time, type Outcome } from "../output";
import { printable } from "../printable";
import { askRevoker } from "../revoker";

export interface TokenOptions {
  role: string[];
  scope: string[];
  /** `name=value`. */
  claim: (readonly [name: string, value: string])[];
  /** Seconds. */
  expires: number;
  description: string;
}

export async function createToken({ gateway, options, by }: Context<TokenOptions>): Promise<Outcome> {
  const { role, scope, claim, expires: lifetime, description, json } = options;
  const { id, token } = newServiceToken((bytes) => randomBytes(bytes).toString("base64url"));
  const grants = { roles: [...new Set(role)], scopes: [...new Set(scope)], claims: valuesByName(claim) };
  const created = await askRevoker(gateway, {
    operation: "create-token",
    id,
    hash: serviceTokenHash(sha256, token),
    lifetime,
    description,
    by,
    ...grants,
  });
  const { config } = gateway;
  const unused = grants.roles.filter((name) => !rolesOf(config.policy).includes(name));
  const warnings = [
    ...(usesApi(config) ? [] : ["no behavior of the config has api, so nothing accepts the token"]),
    ...unused.map((name) => `no rule of the policy names the role ${JSON.stringify(name)}`),
  ];
  if (!json) {
    for (const warning of warnings) process.stderr.write(`${onStderr.red("warning:")} ${printable(warning)}\n`);
    process.stderr.write(
      `Service token ${id}, valid until ${time(created.endsAt)}. This is the only time that it is shown.\n` +
        `To end it: edgegate token revoke ${id}${gateway.isLocal ? " --local" : ""}\n`,
    );
  }
  return { json: { token, ...created, description, ...grants, warnings }, text: `${token}\n` };
}

function valuesByName(claims: TokenOptions["claim"]): Record<string, string[]> {
  const values = new Map<string, string[]>();
  for (const [name, value] of claims) values.set(name, [...(values.get(name) ?? []), value]);
  return Object.fromEntries(values);
}
