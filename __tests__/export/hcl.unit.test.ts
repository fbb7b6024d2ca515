/** How a stack is printed. That Terraform reads the same: hcl-text and hcl-plan. */
import { hclOf } from "../../export/hcl/hcl-of";

const print = (stack: object) => hclOf(stack, { fileOf: () => "main.tf" })["main.tf"] ?? "";
const printed = (...lines: string[]) => `${lines.join("\n")}\n`;
const queue = (body: object) => ({ resource: { aws_sqs_queue: { dead: body } } });

describe("a resource", () => {
  test("has what repeats it, arguments, blocks and dependencies in this order", () => {
    const stack = {
      resource: {
        aws_dynamodb_table: {
          ledger: {
            "//": { metadata: { path: "/tmp/somebody/ledger" } },
            attribute: [
              { name: "id", type: "S" },
              { name: "time", type: "N" },
            ],
            count: "${var.keeps ? 1 : 0}",
            depends_on: ["aws_kms_key.key"],
            hash_key: "id",
            lifecycle: {
              ignore_changes: ["read_capacity", 'tags["a"]'],
              postcondition: [{ condition: "${self.arn!=null}", error_message: "“${self.name}” has no ARN." }],
              prevent_destroy: true,
            },
            name: "ledger",
            point_in_time_recovery: { enabled: true },
            provider: "aws.ireland",
            replica: [],
            restore_date_time: null,
            server_side_encryption: null,
            tags: { owner: "platform", "cost centre/Köln": "4 2", for: "x" },
            timeouts: { create: "1h" },
          },
        },
      },
    };
    expect(print(stack)).toBe(
      printed(
        'resource "aws_dynamodb_table" "ledger" {',
        "  count = var.keeps ? 1 : 0",
        "",
        "  provider = aws.ireland",
        "",
        '  name     = "ledger"',
        '  hash_key = "id"',
        "",
        "  tags = {",
        '    owner              = "platform"',
        '    "cost centre/Köln" = "4 2"',
        '    "for"              = "x"',
        "  }",
        "",
        "  attribute {",
        '    name = "id"',
        '    type = "S"',
        "  }",
        "",
        "  attribute {",
        '    name = "time"',
        '    type = "N"',
        "  }",
        "",
        "  point_in_time_recovery {",
        "    enabled = true",
        "  }",
        "",
        "  timeouts {",
        '    create = "1h"',
        "  }",
        "",
        "  lifecycle {",
        '    ignore_changes  = [read_capacity, tags["a"]]',
        "    prevent_destroy = true",
        "",
        "    postcondition {",
        "      condition     = self.arn != null",
        '      error_message = "“${self.name}” has no ARN."',
        "    }",
        "  }",
        "",
        "  depends_on = [aws_kms_key.key]",
        "}",
      ),
    );
  });

  test("repeats blocks with dynamic ones, at any depth", () => {
    const match = { dynamic: { statement: { for_each: "${each.value}", iterator: "one", content: { "//": 1 } } } };
    const rule = { for_each: "${var.rules}", content: { name: "${rule.key}", statement: { not_statement: match } } };
    expect(print({ resource: { aws_wafv2_web_acl: { acl: { dynamic: { rule: [rule] } } } } })).toBe(
      printed(
        'resource "aws_wafv2_web_acl" "acl" {',
        '  dynamic "rule" {',
        "    for_each = var.rules",
        "",
        "    content {",
        "      name = rule.key",
        "",
        "      statement {",
        "        not_statement {",
        '          dynamic "statement" {',
        "            for_each = each.value",
        "            iterator = one",
        "",
        "            content {}",
        "          }",
        "        }",
        "      }",
        "    }",
        "  }",
        "}",
      ),
    );
  });

  test("keeps objects that are no blocks, and blocks of providers, as they are", () => {
    const stack = {
      provider: {
        aws: [{ alias: "ireland", default_tags: [{ tags: { a: "b" } }], region: "eu-west-1" }, { region: "us-east-1" }],
      },
      data: { azuread_service_principal: { graph: { client_id: "${var.id}" } } },
      resource: {
        terraform_data: { settings: { input: [{ a: [{ b: [] }, {}] }], triggers_replace: [1, true, null] } },
      },
    };
    expect(print(stack)).toBe(
      printed(
        'provider "aws" {',
        '  alias  = "ireland"',
        '  region = "eu-west-1"',
        "",
        "  default_tags {",
        "    tags = {",
        '      a = "b"',
        "    }",
        "  }",
        "}",
        "",
        'provider "aws" {',
        '  region = "us-east-1"',
        "}",
        "",
        'data "azuread_service_principal" "graph" {',
        "  client_id = var.id",
        "}",
        "",
        'resource "terraform_data" "settings" {',
        "  triggers_replace = [1, true, null]",
        "",
        "  input = [",
        "    {",
        "      a = [",
        "        {",
        "          b = []",
        "        },",
        "        {},",
        "      ]",
        "    },",
        "  ]",
        "}",
      ),
    );
  });
});

describe("a policy", () => {
  const policy = (text: string) => print({ resource: { aws_sqs_queue_policy: { policy: { policy: text } } } });

  test("is an object, in the order in which it was written", () => {
    const text =
      '{"Version":"2012-10-17","Statement":[{"Sid":"A","Action":"${aws_x_y.z.arn}","Resource":"${aws_x_y.z.arn}/*"}]}';
    expect(policy(text)).toBe(
      printed(
        'resource "aws_sqs_queue_policy" "policy" {',
        "  policy = jsonencode({",
        '    Version = "2012-10-17"',
        "    Statement = [",
        "      {",
        '        Sid      = "A"',
        "        Action   = aws_x_y.z.arn",
        '        Resource = "${aws_x_y.z.arn}/*"',
        "      },",
        "    ]",
        "  })",
        "}",
      ),
    );
  });

  test.each([
    ["an expression outside of strings", '{"A":${var.a}}'],
    ["what may be no text", '{"A":"${var.list}"}'],
    ["what may have quotation marks in it", '{"A":"a ${var.text} b"}'],
    ["a directive", '{"A":"%{if true}a%{endif}"}'],
    ["no JSON", "{ $.a = 1 }"],
    ["nothing", "{}"],
  ])("with %s stays text", (_, text) => expect(policy(text)).not.toContain("jsonencode"));

  test("elsewhere is an object only if Terraform writes the same bytes", () => {
    const input = (text: string) => print(queue({ redrive_policy: text }));
    expect(input('{"a":1,"b":"x"}')).toContain("jsonencode(");
    for (const text of ['{"b":1,"a":2}', '{"a": 1}', '{"a":"<"}', '{"a":1.0}', '{"a":1e3}', '{"a":9007199254740993}'])
      expect(input(text)).not.toContain("jsonencode(");
  });
});

describe("other blocks", () => {
  test("variables have bare types, long ones over several lines", () => {
    const type =
      'object({hosts=list(string), rules = optional(map(object({ path = string, deep = optional(list(string), ["a,b"]) })), {}), x=any})';
    const variable = {
      gateway: {
        type,
        description: "No ${template} here",
        default: null,
        nullable: false,
        validation: [
          { condition: "${length(var.gateway.hosts)>0}", error_message: "Write a host, not ${var.gateway.x}." },
        ],
      },
      short: { type: "list(string)", default: ["${raw}"] },
      list: { type: "list(object({a=string}))" },
    };
    expect(print({ variable })).toBe(
      printed(
        'variable "gateway" {',
        '  description = "No $${template} here"',
        "",
        "  type = object({",
        "    hosts = list(string)",
        "    rules = optional(map(object({",
        "      path = string",
        '      deep = optional(list(string), ["a,b"])',
        "    })), {})",
        "    x = any",
        "  })",
        "",
        "  default  = null",
        "  nullable = false",
        "",
        "  validation {",
        "    condition     = length(var.gateway.hosts) > 0",
        '    error_message = "Write a host, not ${var.gateway.x}."',
        "  }",
        "}",
        "",
        'variable "short" {',
        "  type    = list(string)",
        '  default = ["$${raw}"]',
        "}",
        "",
        'variable "list" {',
        "  type = list(object({",
        "    a = string",
        "  }))",
        "}",
      ),
    );
  });

  test("backends are left out; versions, moves, imports and outputs are not", () => {
    const stack = {
      "//": { metadata: { stackName: "wiki" } },
      terraform: {
        backend: { local: { path: "/home/somebody/terraform.tfstate" } },
        required_version: ">= 1.11",
        required_providers: { aws: { source: "hashicorp/aws", version: ">= 5.100, < 7.0" } },
      },
      moved: [{ from: "aws_sqs_queue.old", to: 'aws_sqs_queue.dead["a"]' }],
      import: { to: "aws_sqs_queue.dead", id: "${var.url}" },
      output: { url: { description: "Where ${nothing} is", value: "${aws_sqs_queue.dead.url}", sensitive: true } },
    };
    expect(print(stack)).toBe(
      printed(
        "terraform {",
        '  required_version = ">= 1.11"',
        "",
        "  required_providers {",
        "    aws = {",
        '      source  = "hashicorp/aws"',
        '      version = ">= 5.100, < 7.0"',
        "    }",
        "  }",
        "}",
        "",
        "moved {",
        "  from = aws_sqs_queue.old",
        '  to   = aws_sqs_queue.dead["a"]',
        "}",
        "",
        "import {",
        "  to = aws_sqs_queue.dead",
        "  id = var.url",
        "}",
        "",
        'output "url" {',
        '  description = "Where $${nothing} is"',
        "  value       = aws_sqs_queue.dead.url",
        "  sensitive   = true",
        "}",
      ),
    );
  });

  test("are in the files that the caller names; what others refer to comes first", () => {
    const stack = {
      locals: { one: 1, two: "${local.one}" },
      resource: {
        aws_sqs_queue: { a: { name: "${aws_sqs_queue.b.name}-a" }, b: { name: "b" } },
        aws_sqs_queue_policy: { a_policy: { queue_url: "${aws_sqs_queue.a.url}" } },
        aws_sns_topic: { topic: { name: "topic" } },
      },
    };
    const addresses: string[] = [];
    const files = hclOf(stack, {
      fileOf(address) {
        addresses.push(address);
        return address.startsWith("local.") ? "locals.tf" : address.includes("topic") ? "topic.tf" : "queues.tf";
      },
    });
    expect(addresses).toEqual([
      "local.one",
      "local.two",
      "aws_sqs_queue.b",
      "aws_sqs_queue.a",
      "aws_sqs_queue_policy.a_policy",
      "aws_sns_topic.topic",
    ]);
    expect(Object.keys(files)).toEqual(["locals.tf", "queues.tf", "topic.tf"]);
    expect(files["locals.tf"]).toBe(printed("locals {", "  one = 1", "  two = local.one", "}"));
    expect(files["queues.tf"]!.match(/^resource .*(?= \{)/gm)).toEqual([
      'resource "aws_sqs_queue" "b"',
      'resource "aws_sqs_queue" "a"',
      'resource "aws_sqs_queue_policy" "a_policy"',
    ]);
  });

  test("paths of assets become those of the module, in strings and in expressions", () => {
    const asset = "assets/gate_source/AE860D0B0765BB8411D8B8AD887DD6CD/gate.js";
    const old: string[] = [];
    const files = hclOf(
      { locals: { a: asset, b: `\${file("${asset}")}`, c: `my-${asset} /${asset} assets/other` } },
      {
        fileOf: () => "main.tf",
        path(path) {
          old.push(path);
          return "${path.module}/bundles/gate.js";
        },
      },
    );
    expect(old).toEqual([asset, asset]);
    expect(files["main.tf"]).toBe(
      printed(
        "locals {",
        '  a = "${path.module}/bundles/gate.js"',
        '  b = file("${path.module}/bundles/gate.js")',
        `  c = "my-${asset} /${asset} assets/other"`,
        "}",
      ),
    );
  });
});

describe("an error says where and what, for", () => {
  test.each<[string, object, string]>([
    [
      "a resource that no stack has",
      { resource: { aws_thing: { a: {} } } },
      "resource.aws_thing.a: what is a block in “aws_thing” is not known; use it in a construct of stacks/ and run “npm run hcl:blocks”",
    ],
    [
      "a provisioner",
      queue({ provisioner: [{ "local-exec": {} }] }),
      "resource.aws_sqs_queue.dead.provisioner: provisioners run programs",
    ],
    ["a connection", queue({ connection: {} }), "resource.aws_sqs_queue.dead.connection: provisioners run programs"],
    [
      "a block that is text",
      queue({ timeouts: "1h" }),
      'resource.aws_sqs_queue.dead.timeouts: this is a block; write an object or a list of objects, not "1h"',
    ],
    [
      "an unknown dynamic block",
      queue({ dynamic: { name: { for_each: [], content: {} } } }),
      "resource.aws_sqs_queue.dead.dynamic.name: there is no block of this name to repeat",
    ],
    [
      "a dynamic block without content",
      queue({ dynamic: { timeouts: { for_each: [] } } }),
      "resource.aws_sqs_queue.dead.dynamic.timeouts: write for_each, and content as an object",
    ],
    [
      "a wrong reference",
      queue({ depends_on: ["not a reference"] }),
      'resource.aws_sqs_queue.dead.depends_on.0: write a reference, such as "aws_sqs_queue.dead", not "not a reference"',
    ],
    [
      "an unknown lifecycle",
      queue({ lifecycle: { forever: true } }),
      "resource.aws_sqs_queue.dead.lifecycle.forever: there is no such argument of a lifecycle",
    ],
    [
      "an expression without an end",
      queue({ name: "${a" }),
      "resource.aws_sqs_queue.dead.name: “}” is missing in: ${a",
    ],
    [
      "a bracket without an end",
      queue({ name: "${a(}" }),
      "resource.aws_sqs_queue.dead.name: “}” closes nothing in: ${a(}",
    ],
    [
      "a string without an end",
      queue({ name: '${"a}' }),
      'resource.aws_sqs_queue.dead.name: a quotation mark is missing in: ${"a}',
    ],
    [
      "an expression of nothing",
      queue({ name: "${}" }),
      "resource.aws_sqs_queue.dead.name: the expression is missing between “${” and “}”: ${}",
    ],
    [
      "a comment in an expression",
      queue({ name: "${1 # one\n}" }),
      "resource.aws_sqs_queue.dead.name: comments and heredocs inside an expression are not printed",
    ],
    [
      "a heredoc in an expression",
      queue({ name: "${<<A\na\nA\n}" }),
      "resource.aws_sqs_queue.dead.name: comments and heredocs inside an expression are not printed",
    ],
    [
      "a carriage return in a template",
      queue({ name: "\r${1}" }),
      'resource.aws_sqs_queue.dead.name: write ${"\\r"} for a carriage return',
    ],
    ["what is no JSON", queue({ name: undefined }), "resource.aws_sqs_queue.dead.name: write JSON, not undefined"],
    ["a module", { module: { a: { source: "./a" } } }, "module: blocks of this kind cannot be printed"],
    ["an unknown argument", { output: { a: { values: 1 } } }, "output.a.values: this argument cannot be printed"],
    [
      "aliases",
      { terraform: { required_providers: { aws: { configuration_aliases: ["aws.a"] } } } },
      "terraform.required_providers.aws.configuration_aliases: aliases of providers are not printed",
    ],
  ])("%s", (_, stack, message) => {
    let error: unknown;
    try {
      print(stack);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ name: "HclError", message: expect.stringContaining(message) as string });
  });
});
