/** Express middleware: refuses every request without a valid assertion, and keeps its claims as `request.user`. */
import { assertions } from "./verify.mjs";

export function onlyAsserted(options) {
  const verify = assertions(options);
  return async (request, response, next) => {
    try {
      request.user = await verify(request.get("x-gate-assertion"));
    } catch {
      return response.status(401).send("This server answers only through the gateway.\n");
    }
    next();
  };
}

// import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
//
// const client = new SecretsManagerClient({ region: "us-east-1" });
// const command = new GetSecretValueCommand({ SecretId: "edgegate/wiki/assertion" });
// const read = async () => (await client.send(command)).SecretString;
// app.use(onlyAsserted({ read, issuer: "https://wiki.example.com", audience: "https://wiki-origin.example.com" }));
