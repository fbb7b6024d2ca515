/**
 * Reads the AWS CLI's output about a distribution: `get-distribution`, or `get-distribution-config`, which leaves out
 * the ID.
 *
 * https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_GetDistribution.html
 */
import { readFileSync } from "node:fs";
import { z } from "zod";
import { usageFailure } from "../failures";

const list = <Item extends z.ZodType>(item: Item) =>
  z
    .object({ Items: z.array(item).nullish() })
    .nullish()
    .transform((value) => value?.Items ?? []);

const association = z.object({ EventType: z.string(), FunctionARN: z.string() });
const lambdaAssociation = z.object({ EventType: z.string(), LambdaFunctionARN: z.string() });
const signers = z
  .object({ Enabled: z.boolean() })
  .nullish()
  .transform((value) => value?.Enabled ?? false);

const behavior = z.object({
  TargetOriginId: z.string(),
  ViewerProtocolPolicy: z.string(),
  CachePolicyId: z.string().nullish(),
  ForwardedValues: z.object({}).nullish(),
  FunctionAssociations: list(association),
  LambdaFunctionAssociations: list(lambdaAssociation),
  TrustedSigners: signers,
  TrustedKeyGroups: signers,
});

const distributionConfig = z.object({
  Aliases: list(z.string()),
  Origins: z.object({
    Items: z
      .array(
        z.object({
          Id: z.string(),
          DomainName: z.string(),
          CustomOriginConfig: z.object({}).nullish(),
        }),
      )
      .min(1),
  }),
  OriginGroups: list(z.object({ Id: z.string() })),
  CacheBehaviors: list(behavior.extend({ PathPattern: z.string() })),
  DefaultCacheBehavior: behavior,
  WebACLId: z.string().nullish(),
  Staging: z.boolean().nullish(),
});

const FORMS = z.union([
  z
    .object({
      Distribution: z.object({ Id: z.string(), DomainName: z.string(), DistributionConfig: distributionConfig }),
    })
    .transform(({ Distribution: { Id, DomainName, DistributionConfig } }) => ({
      id: Id,
      domainName: DomainName,
      config: DistributionConfig,
    })),
  z
    .object({ DistributionConfig: distributionConfig })
    .transform(({ DistributionConfig }) => unnamed(DistributionConfig)),
  distributionConfig.transform(unnamed),
]);

function unnamed(config: z.output<typeof distributionConfig>) {
  return { id: undefined as string | undefined, domainName: undefined as string | undefined, config };
}

export type AwsDistribution = z.output<typeof FORMS>;
export type AwsBehavior = z.output<typeof behavior>;

export interface PlacedBehavior {
  /** CloudFront's path pattern; `*` for the default behavior. */
  path: string;
  /** JSON Pointer (RFC 6901) into the distribution's config. */
  pointer: string;
  behavior: AwsBehavior;
}

/** In CloudFront's order; the default behavior is last. */
export function behaviorsOf({ config }: AwsDistribution): PlacedBehavior[] {
  return [
    ...config.CacheBehaviors.map((behavior, i) => ({
      path: behavior.PathPattern,
      pointer: `/CacheBehaviors/Items/${i}`,
      behavior,
    })),
    { path: "*", pointer: "/DefaultCacheBehavior", behavior: config.DefaultCacheBehavior },
  ];
}

const HINT = "write the output of: aws cloudfront get-distribution --id <ID> > distribution.json";

/** @throws CommandFailure for a file that is missing, is not JSON, or describes something else */
export function readDistributionFile(file: string): AwsDistribution {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    throw usageFailure(`${file} cannot be read`, HINT);
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw usageFailure(`${file} is no JSON: ${(error as Error).message}`, HINT);
  }
  const parsed = FORMS.safeParse(json);
  if (parsed.success) return parsed.data;
  throw usageFailure(`${file} does not describe a distribution${missingIn(json)}`, HINT);
}

/** The first missing member of the intended form. */
function missingIn(json: unknown): string {
  const at = (value: unknown, key: string) => (value as Record<string, unknown> | null | undefined)?.[key];
  const inner = at(json, "Distribution") ?? json;
  const config = at(inner, "DistributionConfig") ?? inner;
  const issue = distributionConfig.safeParse(config).error?.issues[0];
  return issue
    ? `: ${issue.path.length === 0 ? "it is no object" : `${issue.path.join(".")} is not as AWS writes it`}`
    : "";
}
