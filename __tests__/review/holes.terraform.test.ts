/** What a check says about real plans of configurations that are written by hand. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { artifacts } from "../../build/artifacts";
import { checkPlan } from "../../review/holes/holes";
import { readPlan } from "../../review/plan/read-plan";
import { planOfChange } from "../support/plan-of-change";
import { describeWithTerraform } from "../support/terraform";
import { gateCode } from "./gate-code";
import { HOLES, resources } from "./holes";

/** In HCL, and with the distribution in one module and the gateway in another. */
const THROUGH_MODULES = {
  "main.tf": `
module "gateway" {
  source = "./gateway"
}
module "cdn" {
  source  = "./cdn"
  gate    = module.gateway.gate_arn
  handler = module.gateway.handler_arn
}`,
  "gateway/main.tf": `
resource "aws_cloudfront_function" "gate" {
  name    = "wiki-gate"
  runtime = "cloudfront-js-2.0"
  code    = file("\${path.module}/../gate.js")
}
resource "aws_lambda_function" "auth" {
  function_name = "wiki-auth"
  role          = "arn:aws:iam::111122223333:role/auth"
  runtime       = "nodejs22.x"
  handler       = "index.handler"
  s3_bucket     = "artifacts"
  s3_key        = "auth.zip"
  publish       = true
}
output "gate_arn" {
  value = aws_cloudfront_function.gate.arn
}
output "handler_arn" {
  value = aws_lambda_function.auth.qualified_arn
}`,
  "cdn/main.tf": `
variable "gate" {
  type = string
}
variable "handler" {
  type = string
}
resource "aws_cloudfront_distribution" "this" {
  enabled = true
  origin {
    origin_id   = "app"
    domain_name = "origin.example.com"
    custom_origin_config {
      http_port              = 80
      https_port             = 443
      origin_protocol_policy = "https-only"
      origin_ssl_protocols   = ["TLSv1.2"]
    }
  }
  ordered_cache_behavior {
    path_pattern           = "/_gate/*"
    target_origin_id       = "app"
    viewer_protocol_policy = "https-only"
    allowed_methods        = ["GET", "HEAD"]
    cached_methods         = ["GET", "HEAD"]
    lambda_function_association {
      event_type = "viewer-request"
      lambda_arn = var.handler
    }
  }
  default_cache_behavior {
    target_origin_id       = "app"
    viewer_protocol_policy = "redirect-to-https"
    allowed_methods        = ["GET", "HEAD"]
    cached_methods         = ["GET", "HEAD"]
    function_association {
      event_type   = "viewer-request"
      function_arn = var.gate
    }
  }
  restrictions {
    geo_restriction {
      restriction_type = "none"
    }
  }
  viewer_certificate {
    cloudfront_default_certificate = true
  }
}`,
};

describeWithTerraform("a check of a real plan", (open) => {
  const root = mkdtempSync(join(tmpdir(), "edgegate-holes-"));
  afterAll(() => rmSync(root, { recursive: true }));
  const program = readFileSync(artifacts().gate, "utf8");
  const code = gateCode([{ path: "/**", allow: "signed-in" }]);
  let plan: ReturnType<typeof readPlan>;

  test("can be made: Terraform plans all configurations at once, each in a module of its own", () => {
    const module = Object.fromEntries(HOLES.map((_, i) => [`m${i}`, { source: `./m${i}` }]));
    writeFileSync(join(root, "gate.js"), code);
    writeFileSync(join(root, "all.tf.json"), JSON.stringify({ module }));
    HOLES.forEach(([, written], i) => {
      mkdirSync(join(root, `m${i}`));
      writeFileSync(join(root, `m${i}/main.tf.json`), JSON.stringify({ resource: resources("gate.js", written) }));
    });
    for (const [file, text] of Object.entries(THROUGH_MODULES)) {
      mkdirSync(join(root, file, ".."), { recursive: true });
      writeFileSync(join(root, file), text);
    }
    const terraform = open(root);
    const { status, output } = terraform.run(["init", "-input=false", "-no-color"]);
    if (status !== 0) throw new Error(output);
    const json = planOfChange(terraform);
    plan = readPlan(Buffer.from(json));
  });

  test.each(HOLES.map(([name, , rules], i) => [name, rules, i] as const))(
    "of %s finds that and nothing else",
    (_, rules, i) => {
      const { holes, distributions } = checkPlan(within(`module.m${i}.`), { program });
      expect([...new Set(holes.map(({ rule }) => rule))].sort()).toEqual(rules);
      expect(distributions.map(({ address }) => address)).toContain(`module.m${i}.aws_cloudfront_distribution.site`);
    },
  );

  test("follows what only the apply will know through variables and outputs of modules", () => {
    const { holes, distributions } = checkPlan(
      { ...plan, changes: plan.changes.filter(({ address }) => !address.startsWith("module.m")) },
      { program },
    );
    expect(holes).toEqual([]);
    expect(distributions).toEqual([
      { address: "module.cdn.aws_cloudfront_distribution.this", behaviors: ["/_gate/*", "(default)"] },
    ]);
  });

  /** As if the other modules were not in the plan: their buckets have the same names. */
  function within(module: string): typeof plan {
    return { ...plan, changes: plan.changes.filter(({ address }) => address.startsWith(module)) };
  }
});
