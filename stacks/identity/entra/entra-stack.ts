import { AzureadProvider } from "@cdktf/provider-azuread/lib/provider";
import type { Construct } from "constructs";
import {
  entraAppProblems,
  homeTenantOf,
  SIGNED_IN_ROLE,
  type EntraApp,
  type EntraAppContext,
} from "../../../config/entra-app";
import { ConfigError } from "../../../config/error";
import { BaseStack, besideKey, type StateLocation } from "../../base-stack";
import { endpointUrls } from "../../endpoint-urls";
import { concat, first } from "../../lists";
import { AdminConsent } from "./admin-consent";
import { ApiScope } from "./api-scope";
import { AppRoles } from "./app-roles";
import { Application } from "./application";
import { Certificates } from "./certificates";
import { ConditionalAccess } from "./conditional-access";
import { FederatedCredential } from "./federated-credential";
import { issuerOfTenant } from "./issuer";
import { OptionalClaims } from "./optional-claims";
import { RedirectUris } from "./redirect-uris";
import { RoleAssignments } from "./role-assignments";
import { ServicePrincipal } from "./service-principal";

/** The bindings have the schema of 3.7, and the tests check it. */
const AZUREAD_PROVIDER = { source: "hashicorp/azuread", version: ">= 3.7, < 4.0" };

export interface EntraStackProps extends EntraAppContext {
  /** Name of the gateway. */
  name: string;
  /** Every host that the gateway serves, the main one first. */
  hosts: readonly string[];
  /** Such as `/_gate`. */
  basePath: string;
  /** The provider's ID in the config. */
  provider: string;
  /** The roles of the policy. */
  roles: readonly string[];
  /** Tenants whose users may sign in; none: the tenant of the Azure sign-in with which Terraform runs. */
  tenants: readonly string[];
  /** In `credential`, values may also be Terraform references, such as the role's ARN. */
  app: EntraApp;
  /** The gateway's own state (`stateOf(config)`); the app's is beside it, unless `app.state` says where. */
  state?: StateLocation | undefined;
}

/**
 * The app of a gateway in Microsoft Entra, as a separate stack, because other people own the tenant, with other
 * permissions and another state. It needs nothing from the gateway's stack.
 */
export class EntraStack extends BaseStack {
  readonly clientId: string;
  /** The home tenant. */
  readonly tenantId: string;
  /** The issuer of the home tenant's tokens. */
  readonly issuer: string;

  /** @throws ConfigError if the app does not match the roles or tenants */
  constructor(scope: Construct, id: string, props: EntraStackProps) {
    super(scope, id);
    const problems = entraAppProblems(props);
    if (problems.length > 0) throw new ConfigError(id, problems);
    const { name, provider, app, roles, tenants } = props;
    const home = homeTenantOf(props);

    new AzureadProvider(this, "azuread", home === undefined ? {} : { tenantId: home });
    this.configureTerraform({
      providers: { azuread: AZUREAD_PROVIDER },
      state: app.state ?? (props.state && { ...props.state, key: besideKey(props.state.key, `entra.${provider}`) }),
      localName: `${name}.entra.${provider}`,
    });

    const application = new Application(this, "application", {
      name,
      app,
      homepageUrl: `https://${first(props.hosts)}/`,
      // An app has one logout URL. Any host will do: the handler ends the session by `iss` and `sid`, because browsers
      // send no cookies to a frame of another site.
      logoutUrl: first(endpointUrls(props, `/frontchannel-logout/${provider}`)),
      isMultiTenant: tenants.some((tenant) => tenant !== home),
    });
    const { id: applicationId, clientId } = application;
    const redirectUris = concat(endpointUrls(props, `/callback/${provider}`), endpointUrls(props, "/signed-out"));
    new RedirectUris(this, "web", { applicationId, uris: redirectUris });
    new OptionalClaims(this, "optional_claims", { applicationId });
    const appRoles = new AppRoles(this, "role", {
      name,
      applicationId,
      roles: app.signedIn ? [...roles, SIGNED_IN_ROLE] : roles,
    });
    const apiScope = new ApiScope(this, "api", { name, applicationId, clientId, value: app.apiScope });

    const principal = new ServicePrincipal(this, "service_principal", { app, clientId });
    new RoleAssignments(this, "assignment", { app, appRoles, resourceObjectId: principal.objectId });
    if (app.adminConsent) new AdminConsent(this, "consent", { servicePrincipalObjectId: principal.objectId });
    if (app.conditionalAccess) {
      const { conditionalAccess } = app;
      new ConditionalAccess(this, "mfa", { name, clientId: principal.clientId, conditionalAccess });
    }

    this.#credential(props, applicationId, clientId);

    this.clientId = clientId;
    this.tenantId = home ?? principal.tenantId;
    this.issuer = issuerOfTenant(this.tenantId);
    this.addOutputs({
      client_id: ["For whoever may not read this state: clientId in the gateway's config", clientId],
      tenant_id: ["The home tenant", this.tenantId],
      issuer: ["Of the home tenant's tokens", this.issuer],
      application_object_id: ["", application.objectId],
      service_principal_object_id: ["The enterprise application", principal.objectId],
      api_scope: ["What programs ask for to get an access token for the gateway", apiScope.name],
      redirect_uris: ["", redirectUris],
    });
  }

  #credential({ name, provider, app: { credential } }: EntraStackProps, applicationId: string, clientId: string): void {
    switch (credential.type) {
      case "federated": {
        const { issuer, subject } = credential;
        new FederatedCredential(this, "federated_credential", { name, applicationId, issuer, subject });
        return;
      }
      case "certificate":
        new Certificates(this, "certificate", { applicationId, certificates: credential.certificates });
        return;
      case "password":
        // azuread_application_password keeps the password in state (docs/decisions/0029-entra-app.md).
        this.addOutputs({
          client_secret_command: [
            "Adds a password to the app and stores it for the gateway; it is never on the screen or in a file",
            `az ad app credential reset --id ${clientId} --append --years 1 --query password --output tsv | npx edgegate secrets put ${provider}`,
          ],
        });
    }
  }
}
