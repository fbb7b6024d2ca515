/** Express middleware: refuses every request that did not come through the gateway. */
import { createHash, timingSafeEqual } from "node:crypto";

const HEADER = "x-gate-origin-secret";
/** Milliseconds. A value is accepted for a whole rotation before it is sent, so this may be hours. */
const MAX_AGE = 5 * 60_000;
/** Milliseconds between two reads because of a request that was refused. */
const PAUSE = 10_000;

const digest = (text) => createHash("sha256").update(text).digest();

/**
 * @param read returns the text of the secret `edgegate/<name>/origin`: { "accepted": ["…", "…"] }
 */
export function onlyFromGateway(read) {
  let accepted = [];
  let readAt = -Infinity;

  async function refresh(age) {
    if (Date.now() - readAt < age) return;
    readAt = Date.now();
    accepted = JSON.parse(await read()).accepted.map(digest);
  }

  /** Compares all values in constant time. */
  function isAccepted(value) {
    const sent = digest(value);
    return accepted.filter((one) => timingSafeEqual(one, sent)).length > 0;
  }

  return async (request, response, next) => {
    const value = request.headers[HEADER] ?? "";
    try {
      await refresh(MAX_AGE);
      // After two rotations in a row, for example.
      if (!isAccepted(value)) await refresh(PAUSE);
    } catch {
      // The last values that could be read still count; without any, nobody gets in.
    }
    // The application does not need the header, and its logs must not contain it.
    delete request.headers[HEADER];
    if (isAccepted(value)) return next();
    response.statusCode = 403;
    response.end("This server answers only through the gateway.\n");
  };
}

// import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
//
// const client = new SecretsManagerClient({ region: "us-east-1" });
// const command = new GetSecretValueCommand({ SecretId: "edgegate/wiki/origin" });
// app.use(onlyFromGateway(async () => (await client.send(command)).SecretString));
