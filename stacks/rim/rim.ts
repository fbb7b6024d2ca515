/**
 * The rim of a gateway: what is around its functions at the edge. The gateway makes its own (managed-rim.ts), or is
 * attached to the distribution of somebody else (attached-rim.ts).
 */
import type { ITerraformDependable } from "cdktf";
import type { Artifacts } from "../../build/artifacts";
import type { Config } from "../../config/schema";
import type { Protection } from "../associations";
import type { PoliciesToChoose } from "./attached-rim";

export interface RimProps {
  config: Config;
  artifacts: Artifacts;
  protection: Protection;
  /** What must be there before people come. */
  before: readonly ITerraformDependable[];
}

export interface Rim {
  /** Undefined if it is not known. */
  distributionId?: string;
  /** Undefined if the distribution is not the gateway's. */
  distribution?: {
    /** In the stack. */
    name: string;
    domainName: string;
  };
  /** The function that redirects hosts to the main one, and the distribution in front of it. */
  redirect?: { functionArn: string; domainName: string };
  /** Log groups that the gateway makes. */
  logs: { access?: string; webAcl?: string };
  siteBuckets: readonly string[];
  /** By origin: what its owner must do so that the distribution gets in. */
  originAccess: Readonly<Record<string, string>>;
  /** What the owner of an existing distribution chooses from. */
  policies?: PoliciesToChoose;
}
