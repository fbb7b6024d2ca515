import { CloudformationStack } from "@cdktf/provider-aws/lib/cloudformation-stack";
import { Fn, TerraformLocal, type ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { hasReference, literal } from "../../terraform-text";

export interface CloudFormationProps {
  name: string;
  /** Logical ID to resource. Values from the config only; Terraform's references are parameters. */
  resources: Record<string, CloudFormationResource>;
  /** Values that Terraform knows, for `{ Ref: "…" }`: so the plan shows the template, and a change of it. */
  parameters: Record<string, string>;
  /** Logical IDs of resources whose `Ref` the caller needs. Never a secret: outputs are in Terraform's state. */
  refs?: readonly string[];
  dependsOn?: readonly ITerraformDependable[];
}

export interface CloudFormationResource {
  Type: string;
  Properties: Record<string, unknown>;
}

/**
 * Resources that CloudFormation makes, because the provider would write their secret to the state, or does not have
 * them (docs/decisions/0030-cognito-secrets.md).
 *
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html
 */
export class CloudFormation extends Construct {
  readonly #stack: CloudformationStack;

  constructor(
    scope: Construct,
    id: string,
    { name, resources, parameters, refs = [], dependsOn }: CloudFormationProps,
  ) {
    super(scope, id);
    const template = {
      AWSTemplateFormatVersion: "2010-09-09",
      Parameters: Object.fromEntries(Object.keys(parameters).map((parameter) => [parameter, { Type: "String" }])),
      Resources: resources,
      ...(refs.length > 0 && {
        Outputs: Object.fromEntries(refs.map((resource) => [resource, { Value: { Ref: resource } }])),
      }),
    };
    this.#stack = new CloudformationStack(this, "Resource", {
      name,
      templateBody: this.#text(literal(template)),
      parameters,
      ...(dependsOn && { dependsOn: [...dependsOn] }),
    });
  }

  /**
   * If only Terraform knows a value, it may have characters that JSON escapes, so Terraform encodes the whole template.
   */
  #text(template: object): string {
    if (!hasReference(template)) return JSON.stringify(template);
    return Fn.jsonencode(new TerraformLocal(this, "template", template).expression);
  }

  get dependable(): ITerraformDependable {
    return this.#stack;
  }

  /** Reference to the `Ref` of one of `refs`. */
  ref(resource: string): string {
    return this.#stack.outputs.lookup(resource);
  }
}
