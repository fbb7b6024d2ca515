import type {
  CloudfrontDistributionOrigin,
  CloudfrontDistributionOriginGroup,
} from "@cdktf/provider-aws/lib/cloudfront-distribution";
import type { CloudfrontOriginAccessControl } from "@cdktf/provider-aws/lib/cloudfront-origin-access-control";
import type { CloudfrontVpcOrigin } from "@cdktf/provider-aws/lib/cloudfront-vpc-origin";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { originsOf, targetsOf, type SingleOrigin } from "../../config/origins/origin";
import type { S3Origin } from "../../config/origins/s3";
import type { VpcOrigin } from "../../config/origins/vpc";
import type { Config } from "../../config/schema";
import { SITE_HEADER } from "../../session/site";
import { accessControl } from "./access-control";
import { internetServer } from "./custom";
import { bucketId, digest, groupId, originId } from "./ids";
import { allowCalls, isWithinReach, permissionCommands } from "./lambda-url";
import { domainNameOf, siteBucket, statementFor } from "./s3";
import type { SiteBucket } from "./site-bucket";
import { siteSettings } from "./site-handler";
import { endpointOf, vpcEndpoint, vpcServer } from "./vpc";

/** The origins of a config. Behaviors with equal origins share one. */
export class Origins extends Construct {
  readonly definitions: CloudfrontDistributionOrigin[];
  readonly groups: CloudfrontDistributionOriginGroup[];
  /** The buckets that the gateway makes. */
  readonly buckets: SiteBucket[];
  /** The ARNs of all buckets. */
  readonly bucketArns: string[];
  readonly #config: Config;
  readonly #origins: ReadonlyMap<string, SingleOrigin>;
  readonly #buckets = new Map<string, SiteBucket>();
  readonly #endpoints = new Map<string, CloudfrontVpcOrigin>();
  readonly #accessControls = new Map<string, CloudfrontOriginAccessControl>();

  constructor(scope: Construct, id: string, config: Config) {
    super(scope, id);
    this.#config = config;
    this.#origins = new Map(originsOf(config).map(({ origin }) => [originId(origin), origin]));
    const sites = [...this.#origins.values()].filter(isS3);
    // The same bucket can be served in several ways.
    for (const site of new Map(sites.map((origin) => [bucketId(origin), origin])).values())
      if (!site.existingBucket) this.#buckets.set(bucketId(site), siteBucket(scope, bucketId(site), site, config));
    this.buckets = [...this.#buckets.values()];
    const existing = sites.flatMap(({ existingBucket }) => existingBucket?.name ?? []);
    this.bucketArns = [
      ...this.buckets.map(({ arn }) => arn),
      ...new Set(existing.map((name) => `arn:aws:s3:::${name}`)),
    ];
    this.definitions = [...this.#origins].map(([originId, origin]) => ({
      originId,
      ...this.#definitionOf(origin),
    }));
    this.groups = groupsOf(config);
  }

  /**
   * Lets the distribution read buckets and call functions.
   *
   * @returns resources that must exist before DNS sends people here
   */
  allowAccessBy(distributionArn: string): ITerraformDependable[] {
    for (const origin of this.#origins.values())
      if (origin.type === "lambda-url" && isWithinReach(origin.functionArn, this.#config))
        allowCalls(this, origin.functionArn, this.#config, distributionArn);
    return this.buckets.map((bucket) => bucket.allowReadBy(distributionArn));
  }

  /** By origin: how its owner must grant access to the distribution, if Terraform cannot do it. */
  accessToGive(distributionArn: string): Record<string, string> {
    const config = this.#config;
    return Object.fromEntries(
      [...this.#origins.values()].flatMap((origin): [string, string][] => {
        if (isS3(origin) && origin.existingBucket)
          return [[origin.existingBucket.name, statementFor(origin.existingBucket, config, distributionArn)]];
        if (origin.type === "lambda-url" && !isWithinReach(origin.functionArn, config))
          return [[origin.functionArn, permissionCommands(origin.functionArn, config, distributionArn)]];
        return [];
      }),
    );
  }

  #definitionOf(origin: SingleOrigin): Omit<CloudfrontDistributionOrigin, "originId"> {
    switch (origin.type) {
      case "s3":
        return {
          domainName: origin.existingBucket
            ? domainNameOf(origin.existingBucket)
            : this.#buckets.get(bucketId(origin))!.domainName,
          originAccessControlId: this.#accessControl("access_control", "s3").id,
          customHeader: [{ name: SITE_HEADER, value: siteSettings(this.#config, origin) }],
        };
      case "lambda-url":
        return {
          ...internetServer(origin),
          originAccessControlId: this.#accessControl("lambda_access_control", "lambda").id,
        };
      case "vpc":
        return vpcServer(origin, this.#endpoint(origin));
      case "custom":
      case "api-gateway":
        return internetServer(origin);
    }
  }

  #accessControl(id: string, type: "s3" | "lambda"): CloudfrontOriginAccessControl {
    const known = this.#accessControls.get(id) ?? accessControl(this, id, type, this.#config);
    this.#accessControls.set(id, known);
    return known;
  }

  #endpoint(origin: VpcOrigin): CloudfrontVpcOrigin {
    const key = digest(endpointOf(origin));
    const known = this.#endpoints.get(key) ?? vpcEndpoint(this, key, origin, this.#config);
    this.#endpoints.set(key, known);
    return known;
  }
}

export function isS3(origin: SingleOrigin): origin is S3Origin {
  return origin.type === "s3";
}

/** Each origin with a failover is a group with its second one. */
function groupsOf(config: Config): CloudfrontDistributionOriginGroup[] {
  const groups = new Map(
    targetsOf(config).flatMap(({ origin }) =>
      origin.failover ? [[groupId(origin), { origin, ...origin.failover }] as const] : [],
    ),
  );
  return [...groups].map(([id, { origin, to, on }]) => ({
    originId: id,
    failoverCriteria: { statusCodes: on },
    member: [{ originId: originId(origin) }, { originId: originId(to) }],
  }));
}
