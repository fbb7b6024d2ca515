import { ClientSecretPost } from "oauth4webapi";
import type { Method } from "./method";

/** https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1 */
export const clientSecretPost: Method<"client_secret_post"> = async ({ context, id }) => ({
  authenticate: ClientSecretPost(await context.ports.clientSecret(id)),
});
