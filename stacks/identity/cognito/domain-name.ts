import type { CognitoPool } from "../../../config/cognito-pool";

/** The host name, which is known before any resource exists. */
export function domainName(pool: CognitoPool): string {
  return "prefix" in pool.domain ? `${pool.domain.prefix}.${belowAmazonCognito(pool)}` : pool.domain.name;
}

/** https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-assign-domain-prefix.html */
export function belowAmazonCognito({ region }: CognitoPool): string {
  return `auth.${region}.amazoncognito.com`;
}
