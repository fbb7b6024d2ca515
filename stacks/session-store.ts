import { CloudfrontKeyValueStore } from "@cdktf/provider-aws/lib/cloudfront-key-value-store";
import { Construct } from "constructs";
import type { Config } from "../config/schema";

/**
 * The store of key and shard records that the gate reads. Terraform owns the store but not its content: key rotation
 * and revocation write the records
 * (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/kvs-with-functions.html).
 */
export class SessionStore extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, config: Config) {
    super(scope, id);
    this.arn = new CloudfrontKeyValueStore(this, "Resource", {
      name: `${config.name}-sessions`,
      comment: "Token keys and revocations. Sensitive: whoever reads it can sign session tokens.",
      lifecycle: { createBeforeDestroy: true, preventDestroy: config.deletionProtection },
    }).arn;
  }
}
