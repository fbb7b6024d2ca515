/** What every method of client authentication has in common. */
import type { ClientAuth } from "oauth4webapi";
import type { IdentityProviderSettings } from "../../../../session/settings";
import type { RequestContext } from "../../request-context";

/** The gateway as a client that is about to authenticate. */
export interface Client {
  context: RequestContext;
  /** The provider's ID in the config. */
  id: string;
  provider: IdentityProviderSettings;
  /** The URL of the endpoint that the request is for, once the provider's metadata is known. */
  endpoint(): Promise<string>;
}

/** One request's proof that it is from this client. */
export interface Proof {
  /** Adds the proof to a request; may be called again for another request. */
  authenticate: ClientAuth;
  /**
   * Called if the provider refused the request. Resolves to true if it is worth sending again; it may have waited first,
   * or renewed the proof. Absent if a second attempt never helps.
   *
   * @throws Failure if it is known why the provider refused
   */
  isWorthRetrying?(refusal: unknown): Promise<boolean>;
}

/** @throws Failure `client_secret_unavailable`, `client_key_unavailable`, `client_assertion_unavailable` */
export type Method<Settings> = (client: Client, settings: Settings) => Promise<Proof>;
