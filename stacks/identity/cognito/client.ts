import { CognitoUserPoolClient } from "@cdktf/provider-aws/lib/cognito-user-pool-client";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { CognitoPool } from "../../../config/cognito-pool";
import { minutes } from "../../terraform-text";
import { CloudFormation } from "./cloudformation";
import type { UserPool } from "./user-pool";

export interface ClientProps {
  name: string;
  pool: CognitoPool;
  userPool: UserPool;
  redirectUris: readonly string[];
  postLogoutRedirectUris: readonly string[];
  /** The names of the federated providers, and what makes them. */
  federation?: { names: readonly string[]; dependable: ITerraformDependable };
  /** Whether the gateway authenticates to the token endpoint with a secret, or is a public client with PKCE. */
  hasSecret: boolean;
}

/**
 * The scopes of the gateway. Cognito has no `offline_access`: it always gives a refresh token. Without
 * `aws.cognito.signin.user.admin`, an access token cannot change its user's account.
 *
 * https://docs.aws.amazon.com/cognito/latest/developerguide/token-endpoint.html
 */
const SCOPES = ["openid", "profile", "email"];
/** Seconds in which a refresh token is still good after it was used: an answer may be lost. 60 is the most. */
const REFRESH_GRACE = 60;

/** The gateway as a client of the pool. */
export class Client extends Construct {
  readonly clientId: string;

  constructor(scope: Construct, id: string, props: ClientProps) {
    super(scope, id);
    this.clientId = props.hasSecret ? this.#withSecret(props) : this.#public(props);
  }

  #public(props: ClientProps): string {
    const { name, pool, userPool, federation } = props;
    const client = new CognitoUserPoolClient(this, "Resource", {
      userPoolId: userPool.id,
      name,
      generateSecret: false,
      allowedOauthFlowsUserPoolClient: true,
      allowedOauthFlows: ["code"],
      allowedOauthScopes: SCOPES,
      callbackUrls: [...props.redirectUris],
      logoutUrls: [...props.postLogoutRedirectUris],
      supportedIdentityProviders: identityProviders(props),
      explicitAuthFlows: authFlows(pool),
      preventUserExistenceErrors: "ENABLED",
      enableTokenRevocation: true,
      refreshTokenRotation: [{ feature: "ENABLED", retryGracePeriodSeconds: REFRESH_GRACE }],
      idTokenValidity: minutes(pool.tokens.validity),
      accessTokenValidity: minutes(pool.tokens.validity),
      refreshTokenValidity: minutes(pool.tokens.refresh),
      tokenValidityUnits: [{ idToken: "minutes", accessToken: "minutes", refreshToken: "minutes" }],
      ...(federation && { dependsOn: [federation.dependable] }),
    });
    return client.id;
  }

  /**
   * The provider's resource reads the secret into the state. CloudFormation makes the same client and tells its ID only.
   *
   * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cognito-userpoolclient.html
   */
  #withSecret(props: ClientProps): string {
    const { name, pool, userPool, federation } = props;
    const stack = new CloudFormation(this, "Resource", {
      name: `${name}-client`,
      parameters: { UserPoolId: userPool.id },
      refs: ["Client"],
      resources: {
        Client: {
          Type: "AWS::Cognito::UserPoolClient",
          Properties: {
            UserPoolId: { Ref: "UserPoolId" },
            ClientName: name,
            GenerateSecret: true,
            AllowedOAuthFlowsUserPoolClient: true,
            AllowedOAuthFlows: ["code"],
            AllowedOAuthScopes: SCOPES,
            CallbackURLs: props.redirectUris,
            LogoutURLs: props.postLogoutRedirectUris,
            SupportedIdentityProviders: identityProviders(props),
            ExplicitAuthFlows: authFlows(pool),
            PreventUserExistenceErrors: "ENABLED",
            EnableTokenRevocation: true,
            RefreshTokenRotation: { Feature: "ENABLED", RetryGracePeriodSeconds: REFRESH_GRACE },
            IdTokenValidity: minutes(pool.tokens.validity),
            AccessTokenValidity: minutes(pool.tokens.validity),
            RefreshTokenValidity: minutes(pool.tokens.refresh),
            TokenValidityUnits: { IdToken: "minutes", AccessToken: "minutes", RefreshToken: "minutes" },
          },
        },
      },
      ...(federation && { dependsOn: [federation.dependable] }),
    });
    return stack.ref("Client");
  }
}

function identityProviders({ pool, federation }: ClientProps): string[] {
  return [...(pool.localUsers ? ["COGNITO"] : []), ...(federation?.names ?? [])];
}

/**
 * Sign-in flows for programs without the pages. None of them sends a plaintext password. An empty list would mean
 * Cognito's defaults, among them the refresh flow that rotation excludes.
 *
 * https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-refresh-token.html
 */
function authFlows({ passkeys }: CognitoPool): string[] {
  return [passkeys ? "ALLOW_USER_AUTH" : "ALLOW_USER_SRP_AUTH"];
}
