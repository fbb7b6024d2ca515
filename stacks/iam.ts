/** Policy documents (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html). */
import type { IamRoleConfig } from "@cdktf/provider-aws/lib/iam-role";
import type { Config } from "../config/schema";

export interface Statement {
  Sid: string;
  Effect: "Allow" | "Deny";
  Action: string | readonly string[];
  Resource?: string | readonly string[];
  Principal?: string | Record<string, string | readonly string[]>;
  Condition?: Record<string, Record<string, string | readonly string[]>>;
}

/** Services that encrypt with the config's key, and use it on behalf of the function that calls them. */
export type EncryptingService = "dynamodb" | "secretsmanager" | "sqs";

/** A statement of a role: what it may do. */
export function allow(
  sid: string,
  action: string | readonly string[],
  resource: string | readonly string[],
  condition?: NonNullable<Statement["Condition"]>,
): Statement {
  return { Sid: sid, Effect: "Allow", Action: action, Resource: resource, ...(condition && { Condition: condition }) };
}

export function policyDocument(statements: readonly Statement[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

/** The trust policy of a role: the services that may assume it. */
export function trust(services: string | readonly string[]): string {
  return policyDocument([{ Sid: "Run", Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: services } }]);
}

/** The name of a function's role, with what the account expects of roles. */
export function roleOf(
  config: Config,
  functionName: string,
): Pick<IamRoleConfig, "name" | "path" | "permissionsBoundary"> {
  const { permissionsBoundaryArn, rolePath, roleNamePrefix = "" } = config.iam;
  return {
    name: roleNamePrefix + functionName,
    path: rolePath,
    ...(permissionsBoundaryArn !== undefined && { permissionsBoundary: permissionsBoundaryArn }),
  };
}

/** Allows using the config's key through these services only; empty if AWS's own keys encrypt. */
export function keyUse({ kmsKeyArn }: Config, services: readonly EncryptingService[]): Statement[] {
  if (kmsKeyArn === undefined) return [];
  return [
    allow("Key", ["kms:Decrypt", "kms:GenerateDataKey"], kmsKeyArn, {
      StringEquals: { "kms:ViaService": services.map((service) => `${service}.us-east-1.amazonaws.com`) },
    }),
  ];
}

/** A statement for a resource policy: denies requests without TLS, even if other statements allow them. */
export function encryptedTransportOnly(action: string, resource: string | readonly string[]): Statement {
  return {
    Sid: "EncryptedTransportOnly",
    Effect: "Deny",
    Principal: "*",
    Action: action,
    Resource: resource,
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  };
}
