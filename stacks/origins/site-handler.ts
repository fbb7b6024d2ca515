import { Construct } from "constructs";
import type { S3Origin } from "../../config/origins/s3";
import { ConfigError } from "../../config/error";
import type { Config } from "../../config/schema";
import { LANGUAGES } from "../../pages/texts/texts";
import type { Theme } from "../../pages/theme";
import { MAX_SITE_SETTINGS, type SiteSettings } from "../../session/site";
import { EdgeFunction } from "../edge-function";
import { allow } from "../iam";
import { siteFunctionName } from "../names";
import { themeOf } from "../settings";
import { urlencodedJson } from "../terraform-text";

/** The handler for files that are missing in buckets. */
export class SiteHandler extends Construct {
  readonly qualifiedArn: string;

  constructor(scope: Construct, id: string, props: { config: Config; zip: string; bucketArns: readonly string[] }) {
    super(scope, id);
    const { config, zip, bucketArns } = props;
    this.qualifiedArn = new EdgeFunction(this, "Resource", {
      functionName: siteFunctionName(config),
      description: `Answers for what is missing in the buckets of ${config.name}`,
      zip,
      permissions: [
        allow(
          "Files",
          "s3:GetObject",
          bucketArns.map((arn) => `${arn}/*`),
        ),
      ],
      config,
    }).qualifiedArn;
  }
}

/**
 * The value of the header with the handler's settings.
 *
 * @throws ConfigError if the value exceeds CloudFront's limit
 */
export function siteSettings(config: Config, { index, spa, notFound }: S3Origin): string {
  const settings: SiteSettings = {
    theme: siteTheme(config),
    // An application has no folders: its deep links may look like some.
    ...(index !== false && !spa && { folders: index }),
    ...(notFound !== undefined && { notFound }),
  };
  const value = urlencodedJson(settings);
  if (value.length <= MAX_SITE_SETTINGS) return value;
  const message = `what the handler of buckets needs has ${value.length} characters, and a header of CloudFront ${MAX_SITE_SETTINGS}; shorten ${TEXTS.join(" and ")} of theme.texts`;
  throw new ConfigError("config", [{ path: "theme.texts", message }]);
}

/** The texts that the handler's pages may show, besides the help link. */
const TEXTS = [
  "notFoundTitle",
  "notFoundText",
  "pageUnavailableTitle",
  "pageUnavailableText",
  "methodTitle",
  "methodText",
  "getHelp",
] as const;

function siteTheme(config: Config): Theme {
  const { productName, accentColor, support, languages = LANGUAGES, texts } = themeOf(config);
  const language = languages[0]!;
  const own = Object.fromEntries(
    TEXTS.flatMap((key) => (texts?.[language]?.[key] ? [[key, texts[language][key]]] : [])),
  );
  return {
    productName,
    accentColor,
    ...(support !== undefined && { support }),
    ...(language !== LANGUAGES[0] && { languages: [language] }),
    ...(Object.keys(own).length > 0 && { texts: { [language]: own } }),
  };
}
