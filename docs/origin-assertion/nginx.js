/**
 * Verifies the gateway's assertions in nginx (ngx_http_js_module), before a request reaches the application.
 * The file with the keys is the text of the secret `edgegate/<name>/assertion`; replace it before every rotation.
 */
import crypto from "crypto";
import fs from "fs";

const ISSUER = "https://wiki.example.com";
const AUDIENCE = "https://wiki-origin.example.com";
const KEYS = "/etc/nginx/assertion-keys.json";
/** Seconds by which two clocks may differ. */
const LEEWAY = 5;

/** @returns the claims; undefined for anything that is not a valid assertion */
function verify(assertion, keys, issuer, audience, now) {
  const parts = (assertion || "").split(".");
  if (parts.length !== 3) return undefined;
  try {
    const header = decoded(parts[0]);
    // The only algorithm: a token must not choose how it is verified.
    if (header.alg !== "HS256") return undefined;
    const key = JSON.parse(keys).keys.filter((one) => one.kty === "oct" && one.k && one.kid === header.kid)[0];
    if (!key) return undefined;
    const sign = (text) => crypto.createHmac("sha256", Buffer.from(key.k, "base64url")).update(text).digest("hex");
    // Digests of the two MACs are compared, so that the timing does not reveal where the MACs differ.
    const sent = Buffer.from(parts[2], "base64url").toString("hex");
    if (sign(sent) !== sign(sign(parts[0] + "." + parts[1]))) return undefined;
    const claims = decoded(parts[1]);
    const isMeant = claims.iss === issuer && claims.aud === audience && !!claims.sub;
    return isMeant && now < claims.exp + LEEWAY ? claims : undefined;
    // njs has no catch without a name.
    // eslint-disable-next-line @typescript-eslint/no-unused-vars
  } catch (e) {
    return undefined;
  }
}

function decoded(part) {
  return JSON.parse(Buffer.from(part, "base64url").toString());
}

/** For `js_set`: the user's ID, or an empty text. */
function user(request) {
  const keys = fs.readFileSync(KEYS, "utf8");
  const claims = verify(request.headersIn["X-Gate-Assertion"], keys, ISSUER, AUDIENCE, Date.now() / 1000);
  return claims ? claims.sub : "";
}

export default { user, verify };
