import { Construct } from "constructs";
import type { S3Origin } from "../../config/origins/s3";
import type { Config } from "../../config/schema";
import { encodeSiteSettings } from "../../session/site";
import { EdgeFunction } from "../edge-function";
import { siteFunctionName } from "../names";
import { themeOf } from "../settings";
import type { SiteBucket } from "./site-bucket";

/** The handler of what is missing in buckets. */
export class SiteHandler extends Construct {
  readonly qualifiedArn: string;

  constructor(scope: Construct, id: string, props: { config: Config; zip: string; buckets: readonly SiteBucket[] }) {
    super(scope, id);
    const { config, zip, buckets } = props;
    this.qualifiedArn = new EdgeFunction(this, "Resource", {
      functionName: siteFunctionName(config),
      description: `Answers for what is missing in the buckets of ${config.name}`,
      zip,
      permissions: [
        {
          Sid: "Files",
          Effect: "Allow",
          Action: "s3:GetObject",
          Resource: buckets.map(({ arn }) => `${arn}/*`),
        },
      ],
      config,
    }).qualifiedArn;
  }
}

/** The value of the header with the handler's settings. */
export function siteSettings(config: Config, { index, spa, notFound }: S3Origin): string {
  return encodeSiteSettings({
    theme: themeOf(config),
    // An application has no folders: its deep links may look like some.
    ...(index !== false && !spa && { folders: index }),
    ...(notFound !== undefined && { notFound }),
  });
}
