import { SERVICE_TOKEN_IDP } from "../session/service-token";
import type { ConfigProblem } from "./error";
import type { Config } from "./schema";

/** A rule that names the identity provider of service tokens must mean nobody else. */
export function serviceTokensHaveTheirOwnProvider({ identityProviders, accessTokens }: Config): ConfigProblem[] {
  return Object.entries({ identityProviders, accessTokens }).flatMap(([place, byId]) =>
    Object.hasOwn(byId, SERVICE_TOKEN_IDP)
      ? [
          {
            path: `${place}.${SERVICE_TOKEN_IDP}`,
            message: "service tokens have this ID, and rules could not tell them apart; choose another name",
          },
        ]
      : [],
  );
}
