/** What a change of an IAM policy permits that was not permitted before. */
import { gains, statementsIn } from "../../review/iam/policy-document";

const READ = { Effect: "Allow", Action: ["s3:GetObject", "s3:ListBucket"], Resource: "arn:aws:s3:::a/*" };
const DENY = {
  Effect: "Deny",
  Principal: "*",
  Action: "s3:*",
  Resource: "*",
  Condition: { Bool: { "aws:SecureTransport": "false" } },
};
const FROM = (...values: string[]) => ({ ...READ, Condition: { StringEquals: { "aws:SourceAccount": values } } });

describe("a changed policy document", () => {
  test.each<[string, object[], object[]]>([
    ["in another order", [READ, DENY], [DENY, { ...READ, Action: ["s3:ListBucket", "s3:GetObject"] }]],
    ["with a new name of a statement", [READ], [{ ...READ, Sid: "New" }]],
    [
      "in two statements",
      [READ],
      [
        { ...READ, Action: "s3:GetObject" },
        { ...READ, Action: "s3:ListBucket" },
      ],
    ],
    ["with fewer actions", [READ], [{ ...READ, Action: "s3:getobject" }]],
    ["with a narrower resource", [READ], [{ ...READ, Resource: "arn:aws:s3:::a/b/*" }]],
    ["with a condition", [READ], [FROM("1")]],
    ["with fewer values of a condition", [FROM("1", "2")], [FROM("2")]],
    ["with another denial", [READ], [READ, DENY]],
    ["with a wildcard that becomes a name", [{ ...READ, Action: "s3:Get*" }], [{ ...READ, Action: "s3:GetObject" }]],
  ])("%s permits nothing new", (_, before, after) => {
    expect(gained(before, after)).toEqual([]);
  });

  test.each<[string, object[], object[], string[]]>([
    [
      "one more action",
      [READ],
      [{ ...READ, Action: [...READ.Action, "s3:PutObject"] }],
      ["s3:PutObject arn:aws:s3:::a/* "],
    ],
    ["a wider action", [READ], [{ ...READ, Action: "s3:*" }], ["s3:* arn:aws:s3:::a/* "]],
    [
      "a wider resource",
      [READ],
      [{ ...READ, Action: "s3:GetObject", Resource: "arn:aws:s3:::*" }],
      ["s3:GetObject arn:aws:s3:::* "],
    ],
    [
      "an action on another resource",
      [{ ...READ, Action: "s3:GetObject" }],
      [{ ...READ, Action: "s3:GetObject", Resource: "b" }],
      ["s3:GetObject b "],
    ],
    [
      "no condition any more",
      [{ ...FROM("1"), Action: "a:B" }],
      [{ ...READ, Action: "a:B" }],
      ["a:B arn:aws:s3:::a/* "],
    ],
    [
      "one more value of a condition",
      [{ ...FROM("1"), Action: "a:B" }],
      [{ ...FROM("1", "2"), Action: "a:B" }],
      ["a:B arn:aws:s3:::a/* "],
    ],
    [
      "another principal",
      [{ ...READ, Action: "a:B", Principal: { AWS: "1" } }],
      [{ ...READ, Action: "a:B", Principal: { AWS: ["1", "2"] } }],
      ["a:B arn:aws:s3:::a/* AWS:2"],
    ],
    ["no denial any more", [READ, DENY], [READ], ["s3:* * *"]],
    ["a denial of fewer actions", [DENY], [{ ...DENY, Action: "s3:GetObject" }], ["s3:* * *"]],
    [
      "everything but",
      [{ ...READ, Action: "s3:*" }],
      [{ Effect: "Allow", NotAction: "iam:*", Resource: "*" }],
      [" * "],
    ],
  ])("with %s permits that", (_, before, after, expected) => {
    expect(gained(before, after)).toEqual(expected);
  });

  test("that is none is undefined", () => {
    expect(statementsIn("no JSON")).toBeUndefined();
    expect(statementsIn("{}")).toBeUndefined();
    expect(statementsIn(undefined)).toBeUndefined();
  });
});

function gained(before: object[], after: object[]): string[] {
  const read = (Statement: object[]) => statementsIn(JSON.stringify({ Statement }))!;
  return gains(read(before), read(after)).map(
    ({ action, resource, principal }) => `${action} ${resource} ${principal}`,
  );
}
