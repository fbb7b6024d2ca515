/** Reads from a synthesized stack the resources that matter to a teardown. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Config } from "../../config/schema";
import { synthesize } from "../../stacks/synthesize";

export interface StackToDestroy {
  /** Addresses that Terraform refuses to destroy. */
  protected: string[];
  /** Names, or prefixes that end in `*`. */
  buckets: string[];
  tables: string[];
  secrets: string[];
  /** Lambda@Edge functions, which have replicas. */
  edgeFunctions: string[];
  /** Distributions, by their address. */
  distributions: string[];
  /** Stacks of identity providers. */
  identityStacks: string[];
}

type Resource = Record<string, unknown> & {
  lifecycle?: { prevent_destroy?: boolean };
  deletion_protection_enabled?: boolean;
};

export function stackToDestroy(config: Config): StackToDestroy {
  const outdir = mkdtempSync(join(tmpdir(), "edgegate-teardown-"));
  try {
    const { stackDir, identityStacks } = synthesize(config, { outdir });
    const { resource } = JSON.parse(readFileSync(join(stackDir, "cdk.tf.json"), "utf8")) as {
      resource: Record<string, Record<string, Resource>>;
    };
    const all = Object.entries(resource).flatMap(([type, named]) =>
      Object.entries(named).map(([name, values]) => ({ type, address: `${type}.${name}`, values })),
    );
    const of = (type: string) => all.filter((each) => each.type === type);
    return {
      protected: all
        .filter(({ values }) => values.lifecycle?.prevent_destroy || values.deletion_protection_enabled)
        .map(({ address }) => address),
      buckets: of("aws_s3_bucket").map(({ values }) =>
        String(values["bucket"] ?? `${String(values["bucket_prefix"])}*`),
      ),
      tables: of("aws_dynamodb_table").map(({ values }) => String(values["name"])),
      secrets: of("aws_secretsmanager_secret").map(({ values }) => String(values["name"])),
      // Only these are published as numbered versions.
      edgeFunctions: of("aws_lambda_function")
        .filter(({ values }) => values["publish"] === true)
        .map(({ values }) => String(values["function_name"])),
      distributions: of("aws_cloudfront_distribution").map(({ address }) => address),
      identityStacks,
    };
  } finally {
    rmSync(outdir, { recursive: true });
  }
}
