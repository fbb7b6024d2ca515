/** The bytes that are deployed: what Lambda finds in the zips. */
import { strFromU8, unzipSync } from "fflate";
import { buildHandlerZips } from "../../build/handler";
import { gateSource } from "./gate";

export interface Bundles {
  auth: string;
  keyRotator: string;
  revoker: string;
  /** The gate's source, with settings and policy. */
  gate: string;
}

export function buildBundles(): Bundles {
  const zips = buildHandlerZips({
    auth: "edge-handlers/auth/cloudfront.ts",
    keyRotator: "control-plane/key-rotator/lambda.ts",
    revoker: "control-plane/revoker/lambda.ts",
  });
  const codeIn = (zip: Uint8Array) => strFromU8(unzipSync(zip)["main.js"]!);
  return {
    auth: codeIn(zips.auth),
    keyRotator: codeIn(zips.keyRotator),
    revoker: codeIn(zips.revoker),
    gate: gateSource(),
  };
}
