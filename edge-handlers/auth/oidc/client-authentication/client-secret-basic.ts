import { ClientSecretBasic } from "oauth4webapi";
import type { Method } from "./method";

/** https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1 */
export const clientSecretBasic: Method<"client_secret_basic"> = async ({ context, id }) => ({
  authenticate: ClientSecretBasic(await context.ports.clientSecret(id)),
});
