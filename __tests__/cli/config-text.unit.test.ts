import { configFacts } from "../../cli/config-text";
import { parseConfig } from "../../config/load";
import { BEHAVIORS } from "../support/origins";
import { SMALL } from "../support/small-config";

test("a summary says for each origin what keeps others out, once", () => {
  const facts = configFacts(parseConfig({ ...SMALL, behaviors: BEHAVIORS }));
  const told = facts.flatMap(([name, text]) => (name === "origin" ? [text.split("; others are kept out by ")] : []));
  const secret = "the secret header, if the server checks it";
  const control = "origin access control, if the bucket's policy lets in only the distribution";
  const vpc = "the VPC: there is no way in from the internet";
  const open = "nothing: anybody can go around the gateway (open: true)";
  const iam = "origin access control, if the URL's AuthType is AWS_IAM";
  expect(told).toEqual([
    ["a bucket of the gateway", "origin access control: the bucket lets in only the distribution"],
    ["bucket example-archive", control],
    ["bucket example-standby", control],
    ["custom shop.example.net", secret],
    ["custom partner.example.net", open],
    ["custom standby.example.net", secret],
    ["vpc app.internal.example.com/app", vpc],
    ["vpc app.internal.example.com", vpc],
    ["lambda-url abcdefghijklmnopqrstuvwxyz012345.lambda-url.us-east-1.on.aws", iam],
    ["lambda-url zyxwvutsrqponmlkjihgfedcba543210.lambda-url.eu-west-1.on.aws/v1", iam],
    ["api-gateway abcde12345.execute-api.eu-central-1.amazonaws.com/prod", open],
  ]);
});
