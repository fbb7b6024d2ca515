import { CognitoUserPoolDomain } from "@cdktf/provider-aws/lib/cognito-user-pool-domain";
import { Route53Record } from "@cdktf/provider-aws/lib/route53-record";
import { Construct } from "constructs";
import type { CognitoPool } from "../../../config/cognito-pool";
import { belowAmazonCognito } from "./domain-name";
import type { UserPool } from "./user-pool";

export interface DomainProps {
  pool: CognitoPool;
  userPool: UserPool;
}

/** The host of the sign-in pages and of the endpoints. */
export class Domain extends Construct {
  /** Reference to the host name: known once the domain is there. */
  readonly name: string;
  /** The target of the DNS record for your own domain. */
  readonly target: string;

  constructor(scope: Construct, id: string, { pool, userPool }: DomainProps) {
    super(scope, id);
    const { domain } = pool;
    const resource = new CognitoUserPoolDomain(this, "Resource", {
      userPoolId: userPool.id,
      domain: "prefix" in domain ? domain.prefix : domain.name,
      managedLoginVersion: 2,
      ...("certificateArn" in domain && { certificateArn: domain.certificateArn }),
    });
    this.name = "prefix" in domain ? `${resource.domain}.${belowAmazonCognito(pool)}` : resource.domain;
    this.target = resource.cloudfrontDistribution;
    if ("hostedZoneId" in domain && domain.hostedZoneId !== undefined) {
      new Route53Record(this, "alias", {
        zoneId: domain.hostedZoneId,
        name: domain.name,
        type: "A",
        alias: {
          name: resource.cloudfrontDistribution,
          zoneId: resource.cloudfrontDistributionZoneId,
          evaluateTargetHealth: false,
        },
      });
    }
  }
}
