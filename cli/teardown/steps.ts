/** The steps of a teardown, in order. docs/runbooks/teardown.md says how, and why. */
import { REPLICA_REGIONS } from "../../cloudfront/replica-regions";
import { originsOf } from "../../config/origins/origin";
import type { Config } from "../../config/schema";
import { stateOf } from "../../stacks/base-stack";
import { accessLogGroupName, replicaLogGroupNames } from "../../stacks/names";
import { hostsOf } from "../../stacks/settings";
import { count } from "../output";
import type { StackToDestroy } from "./stack";

/** A resource and its fate. */
export type Fate = "move" | "keep" | "empty" | "unprotect" | "wait" | "remains";

export interface TeardownItem {
  fate: Fate;
  /** Such as `bucket`. */
  kind: string;
  name: string;
  /** The effect of the teardown on it, or what to do. */
  note: string;
}

export interface TeardownStep {
  title: string;
  items: TeardownItem[];
  commands: string[];
}

/** @param cdktf the command line before the verb: the CDKTF CLI, with what it needs in its environment */
export function teardownSteps(config: Config, stack: StackToDestroy, cdktf: string): TeardownStep[] {
  const steps = [
    moveAway(config),
    keep(config, stack),
    ...(config.deletionProtection ? [unprotect(config, stack, cdktf)] : []),
    destroy(config, stack, cdktf),
    cleanUp(config, stack),
  ];
  return steps.filter(({ items, commands }) => items.length + commands.length > 0);
}

function moveAway(config: Config): TeardownStep {
  const hosts = [...hostsOf(config), ...config.redirectHosts];
  const note = config.manageDns
    ? "its DNS records disappear with the gateway: point them at the next server first"
    : "point its DNS record at the next server first";
  return {
    title: "Move the site away",
    items: hosts.map((name) => ({ fate: "move", kind: "host", name, note })),
    commands: ["npx edgegate sessions"],
  };
}

function keep(config: Config, { buckets, tables }: StackToDestroy): TeardownStep {
  const lost = config.deletionProtection
    ? "copy its files: without the protection, they are destroyed with it"
    : "copy its files: the config protects nothing, so they are destroyed with it";
  return {
    title: "Keep what you need",
    items: [
      ...buckets.map((name) => item("keep", "bucket", name, lost)),
      ...tables.map((name) => item("keep", "table", name, "AWS keeps a backup for 35 days by itself")),
      config.accessLogBucketArn === undefined
        ? item("keep", "log group", accessLogGroupName(config), "export the access log: it is destroyed")
        : item("remains", "bucket", config.accessLogBucketArn, "the access logs stay; the bucket is yours"),
    ],
    commands: [],
  };
}

function unprotect(config: Config, stack: StackToDestroy, cdktf: string): TeardownStep {
  return {
    title: "Take the protection off: write deletionProtection: false, and deploy",
    items: [
      ...stack.protected.map((name) => item("unprotect", "resource", name, "until then, a destroy fails")),
      ...stack.buckets.map((name) => item("empty", "bucket", name, "from then on, destroyed with its files")),
      ...stack.secrets.map((name) =>
        item("empty", "secret", name, "from then on, gone at once. To keep it for a week, delete it by hand before"),
      ),
    ],
    commands: [`${cdktf} deploy ${config.name}`],
  };
}

function destroy(
  config: Config,
  { distributions, edgeFunctions, identityStacks }: StackToDestroy,
  cdktf: string,
): TeardownStep {
  return {
    title: "Destroy it",
    items: [
      ...distributions.map((name) => item("wait", "distribution", name, "minutes: CloudFront disables it first")),
      // https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-edge-delete-replicas.html
      ...edgeFunctions.map((name) =>
        item(
          "wait",
          "Lambda@Edge function",
          name,
          'hours, until its replicas are gone; after "replicated function", again',
        ),
      ),
      ...identityStacks.map((name) => item("wait", "stack", name, "destroyed by its own name, after that")),
    ],
    commands: [config.name, ...identityStacks].map((name) => `${cdktf} destroy ${name}`),
  };
}

function cleanUp(config: Config, { identityStacks }: StackToDestroy): TeardownStep {
  const state = stateOf(config);
  const registered = Object.entries(config.identityProviders).filter(([, { app, pool }]) => !app && !pool);
  const buckets = originsOf(config).flatMap(({ origin }) =>
    origin.type === "s3" && origin.existingBucket ? [origin.existingBucket.name] : [],
  );
  return {
    title: "Remove what Terraform does not know",
    items: [
      ...replicaLogGroupNames(config).map((name) =>
        item("remains", "log group", name, `where replicas ran, in up to ${count(REPLICA_REGIONS.length, "region")}`),
      ),
      ...registered.map(([id]) => item("remains", "client", id, "still registered at the identity provider")),
      ...Object.keys(config.eventTransmitters).map((id) =>
        item("remains", "stream", id, "still registered at the transmitter"),
      ),
      ...[...new Set(buckets)].map((name) =>
        item("remains", "bucket", name, "yours; remove the statement for the distribution from its policy"),
      ),
      item(
        "remains",
        "state",
        state ? `s3://${state.bucket}/${state.key}` : `terraform.${config.name}.tfstate`,
        identityStacks.length > 0 ? "with those of the other stacks, and all their versions" : "with all its versions",
      ),
    ],
    commands: [],
  };
}

function item(fate: Fate, kind: string, name: string, note: string): TeardownItem {
  return { fate, kind, name, note };
}
