/**
 * Options of every origin that is a server. Ranges and defaults:
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesOrigin.html
 */
import { z } from "zod";
import { duration, text } from "../fields";

/** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/origin-shield.html#choose-origin-shield-region */
const SHIELD_REGIONS = [
  "us-east-1",
  "us-east-2",
  "us-west-2",
  "ap-northeast-1",
  "ap-northeast-2",
  "ap-south-1",
  "ap-southeast-1",
  "ap-southeast-2",
  "eu-central-1",
  "eu-west-1",
  "eu-west-2",
  "me-central-1",
  "sa-east-1",
] as const;

function seconds(max: number, example: string) {
  const range = `"1s" to "${max}s", the range that CloudFront takes`;
  return duration(1, max, `write a duration from ${range}, such as "${example}"`, "sm").optional();
}

/** Prepended to every path. */
export const originPath = text(/^(\/[A-Za-z0-9._~-]+)+$/, 'a path without a trailing slash, such as "/app"').optional();

export const port = z
  .number("write a port number")
  .int("write a port from 1 to 65535")
  .min(1, "write a port from 1 to 65535")
  .max(65535, "write a port from 1 to 65535");

/**
 * The `Host` that the server gets: its own domain name, or the host that people opened. Either way, the gate tells it
 * that host in `x-forwarded-host`.
 */
export const hostHeader = z
  .enum(["origin", "viewer"], 'write "origin" for the server\'s own name or "viewer" for the host that people opened')
  .default("origin");

/** `true` sends the server a secret that only this gateway knows; the server must check it. */
export const secretHeader = z.boolean("write true or false").default(false);

/** `true` sends the server a signed statement about the user, for the audience in the config's `assertion`. */
export const assertion = z.boolean("write true or false").default(false);

/** Acknowledges that anyone can reach the server without the gateway. */
export const open = z.boolean("write true or false").default(false);

/** The server's paths are case-sensitive, and it serves each page under one path only (config/other-names.ts). */
export const exactPaths = z.boolean("write true or false").default(false);

/** In seconds. CloudFront's defaults apply to what is absent. */
export const connection = {
  /** How long CloudFront waits for the response, and for each further part of it. */
  readTimeout: seconds(120, "60s"),
  /** How long CloudFront keeps an idle connection. */
  keepAlive: seconds(120, "60s"),
  connectionAttempts: z
    .number("write 1, 2 or 3")
    .int("write 1, 2 or 3")
    .min(1, "write 1, 2 or 3")
    .max(3, "write 1, 2 or 3")
    .optional(),
  connectionTimeout: seconds(10, "5s"),
  /** The region of Origin Shield, a further cache in front of the server. */
  shield: z.enum(SHIELD_REGIONS, `write a region that has Origin Shield: ${SHIELD_REGIONS.join(", ")}`).optional(),
};

export type Connection = z.output<z.ZodObject<typeof connection>>;
