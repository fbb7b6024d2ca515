/** The entry point of the bundle: a Lambda@Edge function on origin responses of buckets. */
import { READ_ONLY_IN_ORIGIN_RESPONSE } from "../../cloudfront/headers";
import { readSiteSettings, SITE_HEADER, type SiteSettings } from "../../session/site";
import { safeCode } from "../shared/failure";
import { bucketPorts } from "./aws/ports";
import type { SiteEntry } from "./ports";
import { replacementOf } from "./replacement";

type Headers = Record<string, { key?: string; value: string }[]>;

interface OriginResponse {
  /** Three digits. */
  status: string;
  statusDescription?: string;
  headers: Headers;
  body?: string;
  bodyEncoding?: "base64";
}

/**
 * The used members of the event. CloudFront invokes the function for every status
 * (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-event-structure.html#response-event-fields,
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-function-restrictions-all.html#function-restrictions-status-codes).
 */
interface OriginResponseEvent {
  Records: [
    {
      cf: {
        request: { method: string; uri: string; origin?: { s3?: { domainName: string; customHeaders: Headers } } };
        response: OriginResponse;
      };
    },
  ];
}

/** Descriptions of the statuses that replace the bucket's own. */
const STATUS_DESCRIPTIONS: Record<number, string> = { 302: "Found", 404: "Not Found" };

/** Used if there are no settings. */
const PLAIN: SiteSettings = { theme: { productName: "Site", accentColor: "#2456c7" } };

/** Never rejects: otherwise CloudFront would answer 502 instead of an existing file. */
export async function handler(event: OriginResponseEvent): Promise<OriginResponse> {
  const { request, response } = event.Records[0].cf;
  const status = Number(response.status);
  if (status < 400) return response;
  const bucket = request.origin?.s3;
  const settings = settingsIn(bucket?.customHeaders);
  const ports = bucketPorts(bucket?.domainName ?? "", log);
  const replaced = await replacementOf({ method: request.method, path: request.uri, status }, settings, ports);
  const kept = Object.entries(response.headers).filter(([name]) => READ_ONLY_IN_ORIGIN_RESPONSE.includes(name));
  const own = Object.entries(replaced.headers).map(([key, value]) => [key, [{ key, value }]]);
  return {
    status: String(replaced.status),
    statusDescription: STATUS_DESCRIPTIONS[replaced.status] ?? response.statusDescription ?? "",
    headers: { ...Object.fromEntries(kept), ...Object.fromEntries(own) } as Headers,
    // If `body` were absent, CloudFront would send the bucket's body.
    body: request.method === "HEAD" ? "" : replaced.body.toString("base64"),
    bodyEncoding: "base64",
  };
}

function settingsIn(headers: Headers | undefined): SiteSettings {
  try {
    return readSiteSettings(headers![SITE_HEADER]![0]!.value);
  } catch (error) {
    log({ endpoint: "site", outcome: "settings_unreadable", detail: safeCode(error) });
    return PLAIN;
  }
}

function log(entry: SiteEntry): void {
  process.stdout.write(`${JSON.stringify(entry)}\n`);
}
