/**
 * A transmitter's metadata.
 * https://openid.net/specs/openid-sharedsignals-framework-1_0-final.html#name-transmitter-configuration-m
 */
import { CommandFailure, usageFailure } from "../failures";
import { printable } from "../printable";
import { call, isObject, textsOf, type Members } from "./http";
import type { Transmitter } from "./transmitter";

/** https://www.rfc-editor.org/rfc/rfc8935 */
export const PUSH = "urn:ietf:rfc:8935";

export interface Metadata {
  configurationEndpoint: string;
  /** Absent if the transmitter does not offer it. */
  statusEndpoint: string | undefined;
  verificationEndpoint: string | undefined;
  /** False if events are sent only about users who were added to the stream. */
  sendsAllSubjects: boolean;
}

/** @throws CommandFailure if it cannot be read, contradicts the config, or the gateway cannot use the transmitter */
export async function readMetadata(transmitter: Transmitter): Promise<Metadata> {
  const metadata = await fetchMetadata(transmitter);
  requireSame(transmitter, "issuer", transmitter.issuer, metadata["issuer"]);
  requireSame(transmitter, "jwksUri", transmitter.jwksUri, metadata["jwks_uri"]);
  const methods = metadata["delivery_methods_supported"];
  if (methods !== undefined && !textsOf(methods).includes(PUSH)) {
    throw new CommandFailure(
      "failed",
      `${transmitter.id} does not push events: its delivery methods do not include ${PUSH}`,
      "the gateway takes events by push only; ask the transmitter's operator to enable it",
    );
  }
  const configurationEndpoint = endpointIn(transmitter, metadata, "configuration_endpoint");
  if (configurationEndpoint === undefined) {
    throw new CommandFailure(
      "failed",
      `${transmitter.id} has no configuration_endpoint, so streams cannot be managed through its API`,
      `create the stream in its own console, with the address ${transmitter.endpoint}`,
    );
  }
  return {
    configurationEndpoint,
    statusEndpoint: endpointIn(transmitter, metadata, "status_endpoint"),
    verificationEndpoint: endpointIn(transmitter, metadata, "verification_endpoint"),
    sendsAllSubjects: metadata["default_subjects"] !== "NONE",
  };
}

async function fetchMetadata({ id, issuer }: Transmitter): Promise<Members> {
  let last = "";
  for (const address of addressesOf(issuer)) {
    const { status, json } = await call(address);
    if (status === 200 && isObject(json)) return json;
    last = `${address} answers with ${status === 200 ? "something that is not a JSON object" : status}`;
  }
  throw new CommandFailure(
    "failed",
    `the configuration of ${id} cannot be read: ${last}`,
    `check eventTransmitters.${id}.issuer in the config, and that the transmitter's Shared Signals Framework is enabled`,
  );
}

/**
 * The standard puts an issuer's path after the well-known part. If Keycloak is below a path, it serves the document
 * only after the issuer. https://www.keycloak.org/nightly/securing-apps/ssf-support
 */
function addressesOf(issuer: string): string[] {
  const WELL_KNOWN = "/.well-known/ssf-configuration";
  const { origin, pathname } = new URL(issuer);
  const path = pathname.replace(/\/$/, "");
  return [...new Set([origin + WELL_KNOWN + path, origin + path + WELL_KNOWN])];
}

/** If a document on the web could change the config's keys, its author could end all sessions. */
function requireSame({ id }: Transmitter, setting: "issuer" | "jwksUri", ours: string, theirs: unknown): void {
  if (theirs === ours) return;
  const [told, hint] =
    typeof theirs === "string"
      ? [
          JSON.stringify(printable(theirs)),
          `write ${setting}: ${JSON.stringify(printable(theirs))} if that is right, and deploy; otherwise ask the transmitter's operator`,
        ]
      : ["missing", "ask the transmitter's operator"];
  throw usageFailure(
    `eventTransmitters.${id}.${setting} is ${JSON.stringify(ours)} in the config, but ${told} in the transmitter's configuration`,
    hint,
  );
}

function endpointIn({ id }: Transmitter, metadata: Members, name: string): string | undefined {
  const url = metadata[name];
  if (url === undefined) return undefined;
  if (typeof url === "string" && URL.canParse(url) && new URL(url).protocol === "https:") return url;
  throw new CommandFailure(
    "failed",
    `the ${name} of ${id} is not an https URL`,
    "the access token must not travel without TLS; ask the transmitter's operator to correct it",
  );
}
