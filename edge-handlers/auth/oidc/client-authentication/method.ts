/** What every method of client authentication has in common. */
import type { IdentityProviderSettings } from "../../../../session/settings";
import type { RequestContext } from "../../request-context";
import type { Proof } from "./proof";

/** The gateway as a client that is about to authenticate. */
export interface Client {
  context: RequestContext;
  /** The provider's ID in the config. */
  id: string;
  provider: IdentityProviderSettings;
  /** The URL of the endpoint that the request is for, once the provider's metadata is known. */
  endpoint(): Promise<string>;
}

/** @throws Failure `client_secret_unavailable`, `client_key_unavailable`, `client_assertion_unavailable` */
export type Method<Settings> = (client: Client, settings: Settings) => Promise<Proof>;
