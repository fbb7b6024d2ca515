/** The contract between the stack and the site handler. */
import type { Theme } from "../pages/theme";

/**
 * The header in which a distribution passes its settings to the handler, with every request to the bucket, because
 * Lambda@Edge has no environment variables. Viewers cannot set it: CloudFront replaces their value
 * (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/add-origin-custom-headers.html).
 */
export const SITE_HEADER = "x-gate-site";

/**
 * Characters of a header that a distribution adds to requests
 * (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html#limits-custom-headers).
 */
export const MAX_SITE_SETTINGS = 1_783;

export interface SiteSettings {
  /**
   * Has no images and only one language: more does not fit into a header, and the cache serves one page to everyone.
   */
  theme: Theme;
  /** The index document of folders. A folder's path without a slash is redirected. Absent if there is none. */
  folders?: string;
  /** The path of the page for missing files; absent for the gateway's own page. */
  notFound?: string;
}

/** @param value of the header: JSON in the encoding of HTML forms, because a header has only ASCII */
export function readSiteSettings(value: string): SiteSettings {
  return JSON.parse(decodeURIComponent(value.replace(/\+/g, " "))) as SiteSettings;
}
