import { Construct } from "constructs";
import type { Config } from "../config/schema";
import { bearerSettings } from "./api-settings";
import { EdgeFunction } from "./edge-function";
import { bearerFunctionName } from "./names";
import type { MadeClients } from "./settings";

/** The handler that verifies access tokens, on the origin requests of API behaviors. */
export class BearerHandler extends Construct {
  readonly qualifiedArn: string;

  constructor(scope: Construct, id: string, props: { config: Config; zip: string; made: MadeClients }) {
    super(scope, id);
    const { config, zip, made } = props;
    this.qualifiedArn = new EdgeFunction(this, "Resource", {
      functionName: bearerFunctionName(config),
      description: `Verifies access tokens for ${config.name}`,
      zip,
      settings: bearerSettings(config, made),
      permissions: [],
      config,
    }).qualifiedArn;
  }
}
