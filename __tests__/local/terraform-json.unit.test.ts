import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readTerraformJson, type Json } from "../../local/terraform-json";

describe("the reader of synthesized JSON", () => {
  const folder = mkdtempSync(join(tmpdir(), "edgegate-test-"));
  const file = join(folder, "cdk.tf.json");
  afterAll(() => rmSync(folder, { recursive: true }));

  const STACK = {
    locals: {
      name: "app",
      nested: { list: ["a", "${local.name}"] },
      tagged: { b: 1, a: "<&>", c: "$${x}" },
      escaped: "$${a}%%{b}",
    },
    resource: {
      aws_ssm_parameter: { settings: { name: "/edgegate/${local.name}", value: "${jsonencode(local.tagged)}" } },
    },
  };
  writeFileSync(file, JSON.stringify(STACK));
  writeFileSync(join(folder, "gate.js"), 'const a = "${not a template}";');
  const stack = readTerraformJson(file);

  test.each<[template: string, value: Json]>([
    ["plain", "plain"],
    ["${local.name}", "app"],
    ["${local.name}-${local.name}!", "app-app!"],
    ["${local.nested.list}", ["a", "app"]],
    ["$${local.name}", "${local.name}"],
    ["${local.escaped}", "${a}%{b}"],
    ['${file("gate.js")}', 'const a = "${not a template}";'],
    ['${file("${path.module}/gate.js")}', 'const a = "${not a template}";'],
    ["${jsonencode(local.tagged)}", '{"a":"\\u003c\\u0026\\u003e","b":1,"c":"${x}"}'],
    ["${aws_ssm_parameter.settings.name}", "/edgegate/app"],
    ["a${jsonencode(local.nested)}b", 'a{"list":["a","app"]}b'],
    ["", ""],
  ])("%s", (template, value) => {
    expect(stack.evaluate(template === "" ? [""] : template)).toEqual(template === "" ? [""] : value);
  });

  test.each([
    ["${upper(local.name)}", "upper(local.name)"],
    ["${local.missing}", "local.missing"],
    ["${aws_s3_bucket.site.arn}", "aws_s3_bucket.site.arn"],
    ["${local.name == 1 ? 2 : 3}", "local.name == 1 ? 2 : 3"],
    ["%{if true}x%{endif}", "%{if true}"],
    ["${local.name", "without its closing brace"],
  ])("says what it cannot evaluate: %s", (template, told) => {
    expect(() => stack.evaluate(template)).toThrow(told);
  });

  test("names the resource behind a reference, and only of the type asked for", () => {
    expect(stack.nameOf("aws_lambda_function", "${aws_lambda_function.auth_1F.qualified_arn}")).toBe("auth_1F");
    expect(stack.nameOf("aws_lambda_function", "${aws_cloudfront_function.gate.arn}")).toBeUndefined();
    expect(stack.nameOf("aws_lambda_function", undefined)).toBeUndefined();
  });
});
