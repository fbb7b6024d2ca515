import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import type { Construct } from "constructs";
import type { CognitoPool } from "../../../config/cognito-pool";
import { AWS_PROVIDER, BaseStack, besideKey, type StateLocation } from "../../base-stack";
import { endpointUrls } from "../../endpoint-urls";
import { literal } from "../../terraform-text";
import { Branding } from "./branding";
import { Client } from "./client";
import { Domain } from "./domain";
import { Federation } from "./federation";
import { Groups } from "./groups";
import { MachineClients } from "./machine-clients";
import { ResourceServer } from "./resource-server";
import { TokenHook } from "./token-hook";
import { UserPool } from "./user-pool";

export interface CognitoStackProps {
  /** The gateway's name. */
  name: string;
  /** Every host that the gateway serves. */
  hosts: readonly string[];
  /** The path prefix of the gateway's own endpoints. */
  basePath: string;
  /** The ID of the identity provider in the config. */
  provider: string;
  /** The roles that the policy names. */
  roles: readonly string[];
  pool: CognitoPool;
  /** Whether the gateway has a client secret at this provider, or is a public client with PKCE. */
  hasClientSecret: boolean;
  /** `#rrggbb`. */
  accentColor: string;
  /** The gateway's own state (`stateOf(config)`); the pool's is beside it. */
  state?: StateLocation | undefined;
  /** The only account that may get the pool. */
  accountId?: string | undefined;
  tags?: Readonly<Record<string, string>>;
}

/**
 * A Cognito user pool for one gateway. It has a separate state, because users outlive a gateway and other people may
 * own them. The gateway's stack reads issuer and client ID from here, and nothing in the other direction, so there is
 * no cycle.
 */
export class CognitoStack extends BaseStack {
  /** References for the gateway's stack. */
  readonly issuer: string;
  readonly clientId: string;
  /** Host name of the sign-in pages, of `/logout` and of the endpoints that discovery names. */
  readonly domain: string;

  constructor(scope: Construct, id: string, props: CognitoStackProps) {
    super(scope, id);
    const { pool, provider, roles } = props;
    const name = `${props.name}-${provider}`;
    new AwsProvider(this, "aws", {
      region: pool.region,
      ...(props.accountId !== undefined && { allowedAccountIds: [props.accountId] }),
      defaultTags: [{ tags: literal({ edgegate: props.name, ...props.tags }) }],
    });
    this.configureTerraform({
      providers: { aws: AWS_PROVIDER },
      state: props.state && { ...props.state, key: besideKey(props.state.key, `cognito.${provider}`) },
      localName: `${props.name}.cognito.${provider}`,
    });

    const userPool = new UserPool(this, "pool", { name, pool });
    const domain = new Domain(this, "domain", { pool, userPool });
    new Groups(this, "role", { roles, userPool });
    const federation =
      Object.keys(pool.federation).length > 0
        ? new Federation(this, "federation", { name: `${name}-federation`, federation: pool.federation, userPool })
        : undefined;
    const client = new Client(this, "client", {
      name,
      pool,
      userPool,
      redirectUris: endpointUrls(props, `/callback/${provider}`),
      postLogoutRedirectUris: endpointUrls(props, "/signed-out"),
      hasSecret: props.hasClientSecret,
      ...(federation && { federation }),
    });
    new Branding(this, "branding", {
      name,
      userPool,
      clientId: client.clientId,
      ...(pool.branding === "theme" && { accentColor: props.accentColor }),
    });
    const resourceServer =
      pool.resourceServer &&
      new ResourceServer(this, "resource_server", { resourceServer: pool.resourceServer, userPool });
    const machineClients =
      resourceServer && Object.keys(pool.machineClients).length > 0
        ? new MachineClients(this, "machine_clients", {
            name,
            pool,
            userPool,
            resourceServer: resourceServer.dependable,
          })
        : undefined;
    if (pool.preTokenHookArn !== undefined) {
      new TokenHook(this, "pre_token_hook", { name, functionArn: pool.preTokenHookArn, userPool });
    }

    this.issuer = userPool.issuer;
    this.clientId = client.clientId;
    this.domain = domain.name;
    this.addOutputs({
      issuer: ["The gateway's issuer", this.issuer],
      client_id: ["The gateway's client ID", this.clientId],
      user_pool_id: ["", userPool.id],
      login_domain: ["The host of the sign-in pages and of the endpoints", this.domain],
      ...("name" in pool.domain && {
        login_domain_target: ["Where the DNS record of the domain points", domain.target],
      }),
      ...(federation && {
        saml_entity_id: ["Register at each SAML provider", `urn:amazon:cognito:sp:${userPool.id}`],
        saml_acs_url: ["Register at each SAML provider", `https://${this.domain}/saml2/idpresponse`],
        oidc_redirect_uri: ["Register at each OIDC provider", `https://${this.domain}/oauth2/idpresponse`],
      }),
      ...(machineClients && {
        machine_client_ids: ["The programs' client IDs; their secrets are in Cognito only", machineClients.clientIds],
      }),
    });
  }
}
