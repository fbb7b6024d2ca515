/** The options and the interface of a local edge. */
import type { Config } from "../config/schema";
import type { RevokerRequest } from "../control-plane/revoker/command";
import type { SessionKeys } from "../session/keys";
import type { Synthesized } from "../stacks/synthesize";
import type { AwsEmulator } from "./aws-emulator";
import type { Distribution } from "./distribution";
import type { Engine } from "./engines";
import type { KeyValueStoreEmulator } from "./key-value-store-emulator";
import type { LambdaOptions } from "./lambda";
import type { LogEntry } from "./log-line";
import type { OwnOrigins } from "./own-origins";
import type { User } from "./users";

export interface LocalEdgeOptions {
  config: Config;
  /** 0 for a free port. */
  port: number;
  engine?: Engine;
  /**
   * Client secrets by the provider's ID. If given, the config's own identity providers are used, instead of the local
   * one.
   */
  clientSecrets?: Readonly<Record<string, string>>;
  /** A folder with the files of all buckets; by default the demo site replaces them. */
  site?: string;
  /** Servers that replace the demo site. */
  origins?: OwnOrigins;
  /** Writes the stack, by default with the code that is loaded. */
  write?: WriteStack;
  /** Path of the Node that runs the handlers; by default the one that runs this. */
  node?: string;
  /** Queues deliver every n-th message twice, as AWS may; by default none. */
  repeatEvery?: number;
  /** Called with a line for each request and its details, and with another line if something went wrong. */
  onRequest?: (line: string, entry?: LogEntry) => void;
  /** How many processes run each handler of the edge; by default one, which takes all requests. */
  handlerInstances?: number;
  /** See {@link LambdaOptions}. */
  patience?: LambdaOptions["patience"];
}

export interface LocalEdge {
  /** `https://app.localhost:<port>` */
  readonly url: string;
  /** Addresses of every host of the config; the first one is `url`. */
  readonly urls: string[];
  /** The issuer of the first identity provider. */
  readonly issuer: string;
  /** Path of the certificate (PEM) of the edge and the local identity provider. */
  readonly caFile: string;
  /** The config that was synthesized. */
  readonly config: Config;
  readonly stackName: string;
  readonly distribution: Distribution;
  /** The servers that replace the demo site. */
  readonly origins: OwnOrigins;
  /** The users who can sign in; empty with another identity provider. */
  readonly users: User[];
  /** Written by the control plane and read by the gate. A changed record takes effect with the next request. */
  readonly store: KeyValueStoreEmulator;
  /** The current session keys. */
  keys(): SessionKeys;
  readonly aws: AwsEmulator;
  /** Invokes the revoker, as the command line does. */
  askRevoker(request: RevokerRequest): Promise<unknown>;
  /**
   * Replaces this config with another one. Sessions, keys and ledger stay, and if it fails, the old config stays, too.
   *
   * @param write writes the stack; by default with the code that is loaded
   * @throws Error if it has another `name`, cannot be synthesized, or does not start
   */
  update(config: Config, write?: WriteStack): Promise<void>;
  /**
   * The output of edge, handlers and identity provider: at least the latest 10,000 requests and the latest megabyte.
   */
  logs(): string;
  close(): Promise<void>;
}

export type WriteStack = (config: Config, options: { outdir: string }) => Synthesized | Promise<Synthesized>;
