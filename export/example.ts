/** A configuration that calls the module, with the values of the config that was exported. */
import type { Config } from "../config/schema";
import { argumentsOf } from "./arguments";
import { hclValue } from "./hcl-value";
import type { GatewayModule } from "./module";

export function exampleOf(config: Config, module: GatewayModule): string {
  return `terraform {
  required_version = "${String(module.json.terraform["required_version"])}"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7.0"
    }
  }
}

provider "aws" {
  region = "us-east-1"

  default_tags {
    tags = {
      edgegate = ${hclValue(config.name)}
    }
  }
}

module "gateway" {
  source = "../.."

${Object.entries(argumentsOf(config, module))
  .map(([name, value]) => `  ${name} = ${hclValue(value, 1)}`)
  .join("\n\n")}
}

output "gateway" {
  value = module.gateway
}
`;
}
