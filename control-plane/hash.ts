/** The hashes of the session contract, on node:crypto. */
import { createHash, createHmac } from "node:crypto";
import type { HmacText } from "../session/keys";

export const hmac: HmacText = (key, text) => createHmac("sha256", key).update(text).digest("base64url");

export const sha256 = (text: string): string => createHash("sha256").update(text).digest("base64url");
