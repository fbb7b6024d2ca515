/** What the handlers may do with service tokens, and which of them learn about tokens at all. */
import { parseConfig } from "../../config/load";
import { serviceTokenPermissions } from "../../stacks/bearer-handler";
import { authPermissions } from "../../stacks/auth-permissions";
import { bearerSettings } from "../../stacks/api-settings";
import { authSettings } from "../../stacks/settings";
import { SMALL } from "../support/small-config";

const API = {
  behaviors: [
    { path: "/api/*", origin: { type: "custom", domainName: "api.example.com", secretHeader: true }, api: true },
  ],
  accessTokens: { ci: { issuer: "https://ci.example.com", audience: ["https://app.example.com"] } },
};

test("only a site with an API has a token endpoint, and it knows the issuers of the API's tokens", () => {
  expect(authSettings(parseConfig(SMALL))).not.toHaveProperty("accessTokens");
  const config = parseConfig({ ...SMALL, ...API });
  expect(authSettings(config).accessTokens).toEqual({
    ci: expect.objectContaining({ issuer: "https://ci.example.com", audience: ["https://app.example.com"] }),
  });
  expect(authSettings(config).accessTokens).toEqual(bearerSettings(config).issuers);
});

test("an API that takes service tokens only has the endpoint, too", () => {
  expect(authSettings(parseConfig({ ...SMALL, ...API, accessTokens: {} })).accessTokens).toEqual({});
});

test("no handler at the edge can write a service token", () => {
  const config = parseConfig({ ...SMALL, ...API });
  const { revocationsTable } = authSettings(config).aws;
  for (const statement of [...authPermissions(config), ...serviceTokenPermissions(config)])
    if (JSON.stringify(statement.Resource).includes(`table/${revocationsTable}`))
      expect([statement.Action].flat().filter((action) => !/^dynamodb:(Batch)?GetItem$/.test(String(action)))).toEqual(
        [],
      );
});

test("the handler of API behaviors can write nothing but when a service token was used", () => {
  const config = parseConfig({ ...SMALL, ...API });
  const { sessionsTable } = authSettings(config).aws;
  expect(serviceTokenPermissions(config).filter(({ Resource }) => String(Resource).endsWith(sessionsTable))).toEqual([
    {
      Sid: "ServiceTokenUse",
      Effect: "Allow",
      Action: "dynamodb:PutItem",
      Resource: `arn:aws:dynamodb:us-east-1:*:table/${sessionsTable}`,
      Condition: { "ForAllValues:StringLike": { "dynamodb:LeadingKeys": ["service-token#*"] } },
    },
  ]);
  expect(serviceTokenPermissions(config).map(({ Sid }) => Sid)).toEqual(["ServiceTokens", "ServiceTokenUse"]);
});
