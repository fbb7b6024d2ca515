/** Checks that nobody can go around the gateway: sends a request directly to each server behind it. */
import { isAttached } from "../../config/distribution";
import { originsOf } from "../../config/origins/origin";
import { isOpen } from "../../config/origins/protection";
import type { Config } from "../../config/schema";
import { finder, type Finding } from "../finding";
import { NoAnswer, type Http } from "../http";

const CLOSE =
  "let only the gateway reach it: a security group with CloudFront's prefix list and a secret header, a VPC origin, or its own access control";

/** @param isLocal true if the local edge serves a demo instead of the origins */
export async function examineOrigins(config: Config, http: Http, isLocal: boolean): Promise<Finding[]> {
  if (isLocal) return [];
  if (isAttached(config))
    return [
      finder("origin").skipped(
        "the config does not know the origins of your distribution",
        "ask each of them directly, as in: curl https://<origin>/; a server that answers lets people go around the gateway",
      ),
    ];
  // A VPC origin cannot be reached from the internet, and an `open` origin is open on purpose.
  const urls = originsOf(config).flatMap(({ origin }) =>
    origin.type === "s3" || origin.type === "vpc" || isOpen(origin)
      ? []
      : [`https://${origin.domainName}:${"httpsPort" in origin ? origin.httpsPort : 443}${origin.path ?? ""}/`],
  );
  return Promise.all([...new Set(urls)].map((url) => examined(url, http)));
}

async function examined(url: string, http: Http): Promise<Finding> {
  const { ok, warning, problem } = finder("origin");
  const at = new URL(url).href;
  try {
    const { status } = await http.send(url);
    if (status === 401 || status === 403) return ok(`${at} refuses strangers (HTTP ${status})`);
    return status < 400
      ? problem(`${at} answers anybody (HTTP ${status}): people can go around the gateway`, CLOSE)
      : warning(`${at} answers anybody (HTTP ${status}); other paths may be open`, CLOSE);
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    return ok(`${at} does not answer from here: ${error.message}`);
  }
}
