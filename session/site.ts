/** The contract between the stack and the handler of sites in buckets. */
import type { Theme } from "../pages/theme";

/**
 * The header in which a distribution hands its settings to the handler, with every request to the bucket. Lambda@Edge
 * has no environment variables, and viewers cannot set it: CloudFront replaces theirs
 * (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/add-origin-custom-headers.html).
 */
export const SITE_HEADER = "x-gate-site";

/**
 * Characters of a header that a distribution adds to requests
 * (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html#limits-custom-headers).
 */
export const MAX_SITE_SETTINGS = 1_783;

export interface SiteSettings {
  /** Without images, and with one language: neither fits into a header, and a cache shows one page to all. */
  theme: Theme;
  /** The document of a folder to which a path without a slash at its end is redirected; absent for none. */
  folders?: string;
  /** The path of the page for what is missing; absent for the gateway's own. */
  notFound?: string;
}

/** @param value of the header: JSON in the encoding of HTML forms, because a header has only ASCII */
export function readSiteSettings(value: string): SiteSettings {
  return JSON.parse(decodeURIComponent(value.replace(/\+/g, " "))) as SiteSettings;
}
