import { CognitoRiskConfiguration } from "@cdktf/provider-aws/lib/cognito-risk-configuration";
import { CognitoUserPool } from "@cdktf/provider-aws/lib/cognito-user-pool";
import { Construct } from "constructs";
import type { CognitoPool } from "../../../config/cognito-pool";
import { literal } from "../../terraform-text";
import { domainName } from "./domain-name";

export interface UserPoolProps {
  name: string;
  pool: CognitoPool;
}

/** The directory of users, and how they prove who they are. */
export class UserPool extends Construct {
  readonly id: string;
  readonly arn: string;
  /** The issuer of all tokens. Its discovery document names the endpoints, which are on the pool's domain. */
  readonly issuer: string;

  constructor(scope: Construct, id: string, { name, pool }: UserPoolProps) {
    super(scope, id);
    const { passwords, email, passkeys, threatProtection } = pool;
    const userPool = new CognitoUserPool(this, "Resource", {
      name,
      // Managed login and passkeys need Essentials, threat protection needs Plus:
      // https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-sign-in-feature-plans.html
      userPoolTier: threatProtection === "off" ? "ESSENTIALS" : "PLUS",
      deletionProtection: pool.deletionProtection ? "ACTIVE" : "INACTIVE",
      usernameAttributes: ["email"],
      usernameConfiguration: { caseSensitive: false },
      autoVerifiedAttributes: ["email"],
      // A new address counts once its owner has confirmed it; until then the old one stays.
      userAttributeUpdateSettings: { attributesRequireVerificationBeforeUpdate: ["email"] },
      adminCreateUserConfig: { allowAdminCreateUserOnly: !pool.selfSignUp },
      passwordPolicy: {
        minimumLength: passwords.minimumLength,
        temporaryPasswordValidityDays: passwords.invitationDays,
        requireLowercase: true,
        requireUppercase: true,
        requireNumbers: true,
        requireSymbols: true,
      },
      // Managed login asks people to set up a second factor only if it is required:
      // https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-mfa.html
      mfaConfiguration: pool.mfa === "required" ? "ON" : "OPTIONAL",
      softwareTokenMfaConfiguration: { enabled: true },
      accountRecoverySetting: { recoveryMechanism: [{ name: "verified_email", priority: 1 }] },
      // Always set, because a value that is left out would not change.
      signInPolicy: { allowedFirstAuthFactors: ["PASSWORD", ...(passkeys ? ["WEB_AUTHN"] : [])] },
      ...(passkeys && {
        webAuthnConfiguration: { relyingPartyId: domainName(pool), userVerification: "required" },
      }),
      ...(email && {
        emailConfiguration: {
          emailSendingAccount: "DEVELOPER",
          sourceArn: literal(email.identityArn),
          fromEmailAddress: literal(email.from),
          ...(email.replyTo !== undefined && { replyToEmailAddress: literal(email.replyTo) }),
        },
      }),
      ...(threatProtection !== "off" && {
        userPoolAddOns: { advancedSecurityMode: threatProtection.toUpperCase() },
      }),
      // V2_0 may also change access tokens:
      // https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-token-generation.html
      ...(pool.preTokenHookArn !== undefined && {
        lambdaConfig: { preTokenGenerationConfig: { lambdaArn: pool.preTokenHookArn, lambdaVersion: "V2_0" } },
      }),
    });
    this.id = userPool.id;
    this.arn = userPool.arn;
    this.issuer = `https://${userPool.endpoint}`;
    if (threatProtection === "enforced") this.#respondToRisks(email!.identityArn);
  }

  /** https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pool-settings-adaptive-authentication.html */
  #respondToRisks(identityArn: string): void {
    new CognitoRiskConfiguration(this, "risks", {
      userPoolId: this.id,
      compromisedCredentialsRiskConfiguration: { actions: { eventAction: "BLOCK" } },
      accountTakeoverRiskConfiguration: {
        notifyConfiguration: { sourceArn: literal(identityArn) },
        actions: {
          mediumAction: { eventAction: "MFA_REQUIRED", notify: false },
          highAction: { eventAction: "BLOCK", notify: false },
        },
      },
    });
  }
}
