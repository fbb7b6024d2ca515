/**
 * Policies that let only the gateway's own functions access the keys that sign sessions. AWS's ReadOnlyAccess can
 * read every KeyValueStore: https://docs.aws.amazon.com/aws-managed-policy/latest/reference/ReadOnlyAccess.html
 */
import type { Config } from "../config/schema";
import { policyDocument, roleOf, type Statement } from "./iam";
import {
  authFunctionName,
  keyRotatorFunctionName,
  revocationConsumerFunctionName,
  revokerFunctionName,
  sessionKeysSecretName,
} from "./names";

export interface KeyProtection {
  /** For AWS Organizations: binds every principal of the accounts, except the gateway's functions. */
  serviceControlPolicy: string;
  /** To attach to people and roles that can read everything. */
  identityPolicy: string;
}

/**
 * The gate reads its store without a principal, so no policy stops it. Deployments and operators do not need the denied
 * actions, because operators' commands call the revoker. Writes are denied too, because anyone who can put their own
 * key into the store can sign sessions. `UpdateSecret` is not denied, because Terraform needs it. KMS is not denied
 * either: without `GetSecretValue`, nobody gets a ciphertext to decrypt.
 *
 * @param storeArn of the gateway's store, whose ID AWS chooses; every store of the account if undefined
 */
export function keyProtection(config: Config, storeArn: string | undefined): KeyProtection {
  const account = config.accountId ?? "*";
  const writers = storeWriters(config).map((functionName) => roleArn(config, account, functionName));
  const store: Statement = {
    Sid: "TokenKeys",
    Effect: "Deny",
    // https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudfrontkeyvaluestore.html
    Action: ["GetKey", "ListKeys", "PutKey", "UpdateKeys", "DeleteKey"].map(
      (action) => `cloudfront-keyvaluestore:${action}`,
    ),
    Resource: storeArn ?? `arn:aws:cloudfront::${account}:key-value-store/*`,
  };
  const secret: Statement = {
    Sid: "MasterKeys",
    Effect: "Deny",
    Action: ["GetSecretValue", "PutSecretValue", "UpdateSecretVersionStage"].map(
      (action) => `secretsmanager:${action}`,
    ),
    // Six random characters end a secret's ARN
    // (https://docs.aws.amazon.com/secretsmanager/latest/userguide/getting-started.html#term_secret).
    Resource: `arn:aws:secretsmanager:us-east-1:${account}:secret:${sessionKeysSecretName(config)}-??????`,
  };
  const readers = [...writers, roleArn(config, account, authFunctionName(config))];
  return {
    serviceControlPolicy: policyDocument([except(store, writers), except(secret, readers)]),
    identityPolicy: policyDocument([store, secret]),
  };
}

/** The functions that read and write the store through its API. */
export function storeWriters(config: Config): string[] {
  return [keyRotatorFunctionName, revokerFunctionName, revocationConsumerFunctionName].map((nameOf) => nameOf(config));
}

/** In a role's session, `aws:PrincipalArn` is the ARN of the role, with its path. */
function except(statement: Statement, roles: readonly string[]): Statement {
  return { ...statement, Condition: { ArnNotLike: { "aws:PrincipalArn": roles } } };
}

function roleArn(config: Config, account: string, functionName: string): string {
  const { name, path } = roleOf(config, functionName);
  return `arn:aws:iam::${account}:role${path}${name}`;
}
