/** The session contract's hashes in Node.js. The gate uses those of its engine. */
import { createHash, createHmac } from "node:crypto";
import type { HmacText } from "./keys";

export const hmac: HmacText = (key, text) => createHmac("sha256", key).update(text).digest("base64url");

export const sha256 = (text: string): string => createHash("sha256").update(text).digest("base64url");
