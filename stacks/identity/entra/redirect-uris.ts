import { ApplicationRedirectUris } from "@cdktf/provider-azuread/lib/application-redirect-uris";
import { Construct } from "constructs";

export interface RedirectUrisProps {
  applicationId: string;
  /** A set: the order does not matter. */
  uris: readonly string[];
}

/**
 * The addresses to which Entra may send people: exact matches only, up to 256, of up to 256 characters. They include
 * the addresses after a sign-out, which Entra checks against the same list.
 *
 * - https://learn.microsoft.com/entra/identity-platform/reply-url
 * - https://learn.microsoft.com/entra/identity-platform/v2-protocols-oidc#send-a-sign-out-request
 */
export class RedirectUris extends Construct {
  constructor(scope: Construct, id: string, { applicationId, uris }: RedirectUrisProps) {
    super(scope, id);
    new ApplicationRedirectUris(this, "Resource", { applicationId, type: "Web", redirectUris: [...uris] });
  }
}
