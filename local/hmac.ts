/** The hash of the session contract, on node:crypto. */
import { createHmac } from "node:crypto";
import type { HmacText } from "../session/keys";

export const hmacText: HmacText = (key, text) => createHmac("sha256", key).update(text).digest("base64url");
