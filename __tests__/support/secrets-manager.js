/**
 * As much of Secrets Manager as one secret with one version needs, on a free port that it prints. What is put is
 * written to the file of its argument, by the secret's name.
 *
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/Welcome.html
 */
const { createServer } = require("node:http");
const { writeFileSync } = require("node:fs");

const [, , stored] = process.argv;
const values = {};
const arnOf = (name) => `arn:aws:secretsmanager:us-east-1:111122223333:secret:${name}-AbCdEf`;
const nameOf = (id) => id.replace(/^arn:.*:secret:(.*)-AbCdEf$/, "$1");

const ACTIONS = {
  CreateSecret: ({ Name }) => ({ ARN: arnOf(Name), Name }),
  DescribeSecret: ({ SecretId }) => ({
    ARN: arnOf(nameOf(SecretId)),
    Name: nameOf(SecretId),
    Tags: [],
    VersionIdsToStages: { v1: ["AWSCURRENT"] },
  }),
  GetResourcePolicy: ({ SecretId }) => ({ ARN: arnOf(nameOf(SecretId)), Name: nameOf(SecretId) }),
  PutSecretValue: ({ SecretId, SecretString }) => {
    values[nameOf(SecretId)] = SecretString;
    writeFileSync(stored, JSON.stringify(values));
    return { ARN: arnOf(nameOf(SecretId)), Name: nameOf(SecretId), VersionId: "v1", VersionStages: ["AWSCURRENT"] };
  },
  GetSecretValue: ({ SecretId }) => ({
    ARN: arnOf(nameOf(SecretId)),
    Name: nameOf(SecretId),
    SecretString: values[nameOf(SecretId)],
    VersionId: "v1",
    VersionStages: ["AWSCURRENT"],
  }),
};

const server = createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const action = ACTIONS[String(request.headers["x-amz-target"]).split(".")[1]];
  response.writeHead(action ? 200 : 400, { "content-type": "application/x-amz-json-1.1" });
  response.end(
    JSON.stringify(
      action ? action(JSON.parse(Buffer.concat(chunks).toString())) : { __type: "InvalidRequestException" },
    ),
  );
});
server.listen(0, "127.0.0.1", () => process.stdout.write(`${server.address().port}\n`));
