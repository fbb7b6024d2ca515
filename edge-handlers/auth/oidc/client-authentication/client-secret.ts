/** A client secret: https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1 */
import { ClientSecretBasic, ClientSecretPost, type ClientAuth } from "oauth4webapi";
import type { Client, Method } from "./method";
import type { Proof } from "./proof";
import { isClientRefused } from "./refusal";

/** Milliseconds that must be left to send a request again and to answer. */
const TIME_TO_RETRY = 1_500;

export const clientSecretBasic: Method<"client_secret_basic"> = (client) => withSecret(client, ClientSecretBasic);
export const clientSecretPost: Method<"client_secret_post"> = (client) => withSecret(client, ClientSecretPost);

/** If the provider refuses the secret, the cached one may have been replaced in the meantime. */
async function withSecret({ context, id }: Client, method: (secret: string) => ClientAuth): Promise<Proof> {
  const { ports, timeLeft } = context;
  let secret = await ports.clientSecret(id);
  let isRenewed = false;
  return {
    authenticate: (...request) => method(secret)(...request),
    async isWorthRetrying(error) {
      if (isRenewed || !isClientRefused(error) || timeLeft() < TIME_TO_RETRY) return false;
      isRenewed = true;
      const refused = secret;
      secret = await ports.renewClientSecret(id);
      return secret !== refused;
    },
  };
}
