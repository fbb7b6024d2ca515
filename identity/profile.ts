/** Differences between identity providers, as data. Profiles are in profiles/, one file each. */

export interface Profile {
  /** The issuer, if it is the same for all customers; otherwise the config names it. */
  issuer?: string;
  /** The claim that identifies a user for as long as the account exists. With the issuer, it makes the user's ID. */
  subject: string;
  /** Claims of which one must be true for the e-mail address to count as the user's. */
  emailVerifiedBy: readonly string[];
  /** Further condition for an e-mail address to count. */
  ownsEmail?: (email: string, claims: Record<string, unknown>) => boolean;
  /** The claim path of the roles; absent if the provider has no standard place for them. */
  roles?: string;
  /** Claims that the ID token must have, with the values that are accepted. */
  requires: Readonly<Record<string, readonly string[]>>;
  /** True if userinfo may have claims that the ID token lacks. */
  userinfo: boolean;
  scopes: readonly string[];
  /** True to ask for `offline_access`, too, where the provider's metadata offers it and a refresh token needs it. */
  offlineAccessIfNeeded?: boolean;
  /** Further parameters of the authorization request. */
  parameters?: Readonly<Record<string, string>>;
  /**
   * The `prompt` with which the provider lets people choose an account
   * (https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest); if absent, they have to authenticate again.
   */
  accountPrompt?: "select_account";
  /**
   * How to request authentication contexts from the provider, and how its tokens report them; the standard's way if
   * absent.
   */
  strength?: {
    /** Parameters of the authorization request; `acr_values` if absent. @param values the preferred one first */
    ask?: (values: readonly string[]) => Record<string, string>;
    /** The contexts that the claims of an ID token assert, as a text or a list; the claim `acr` if absent. */
    told: (claims: Readonly<Record<string, unknown>>) => unknown;
  };
  /**
   * The hint that names the user at sign-out, so that the provider need not ask: the ID token, or one of its claims.
   * Absent if the provider accepts neither.
   */
  signOutHint?: { parameter: string; claim?: string };
  /** How to sign out if the provider has no OpenID Connect endpoint for it, or one with a different form. */
  logout?: {
    /** Path on the host of the authorization endpoint. */
    path: string;
    /** The parameter with the URL to return to. */
    returnTo: string;
    /** True to use it even if discovery has an `end_session_endpoint`. */
    always: boolean;
  };
}
