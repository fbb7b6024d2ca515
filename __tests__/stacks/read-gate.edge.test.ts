import { gateSource, baseSource, sampleRules, SETTINGS } from "../../bench/sample";
import { readGateCode } from "../../stacks/read-gate";

const RULES = sampleRules(100);
const CODE = gateSource(RULES);

test("the shipped gate is taken apart", () => {
  const { base, settings, policy } = readGateCode(CODE);
  expect(base).toBe(baseSource());
  expect(settings).toEqual(SETTINGS);
  expect(policy.hosts).toEqual(SETTINGS.hosts);
  expect(policy.rules).toHaveLength(RULES.length);
});

test.each([
  [
    "code between settings and policy",
    CODE.replace("\nfunction policy", "\nSETTINGS.x=1;\nfunction policy"),
    "no settings",
  ],
  ["settings that are code", CODE.replace('"basePath":"/_gate"', '"basePath":f()'), "not JSON"],
  ["settings without hosts", CODE.replace('"hosts":["app.example.com"],', ""), "list of hosts"],
  [
    "code on the last line of the policy",
    CODE.replace(/\n\}\n(?=\n|function|var)/, "\n}policy=f;\n"),
    "code on the last line",
  ],
  ["a second policy", CODE.replace("\nvar S=", "\nfunction policy(h,m,s,p){\n}\nvar S="), "a second policy"],
])("%s is refused", (_, code, problem) => {
  expect(code).not.toBe(CODE);
  expect(() => readGateCode(code)).toThrow(problem);
});
