/** Origins that others can read around the gate. */
import { isEverybody, statementsIn, type Statement } from "../iam/policy-document";
import type { Change, Values } from "../plan/plan";
import { expressionsOf, referenceOf, withoutKeys } from "../plan/references";
import { blocks, isMarked } from "../plan/values";
import { say } from "../sentence";
import type { Hole, HoleRule, Subject } from "./hole";

export const openBucket: HoleRule = {
  id: "open-bucket",
  remedy:
    "allow s3:GetObject to cloudfront.amazonaws.com only, with the condition AWS:SourceArn and the ARN of the distribution that has the gate",
  holes: (subject) => policies(subject).flatMap((change) => readers(subject, change)),
  notes: (subject) =>
    policies(subject)
      .filter(({ afterUnknown }) => isMarked(afterUnknown, ["policy"]))
      .map(({ address }) => ({ address, message: say`only the apply will know who may read the bucket` })),
};

export const unsignedOrigin: HoleRule = {
  id: "unsigned-origin",
  // https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
  remedy: "give the origin an origin access control that signs always, and keep the bucket private",
  holes: (subject) => [
    ...subject.gated.flatMap(({ address, change }) =>
      blocks(change.after?.["origin"])
        .filter((origin, i) => isBucket(origin) && !isSigned(origin, change, i))
        .map(({ origin_id: id }) => ({
          address,
          message: say`origin ${String(id)}: CloudFront does not sign its requests, so the bucket must be public`,
        })),
    ),
    ...subject.plan.changes
      .filter(
        ({ type, after }) =>
          type === "aws_cloudfront_origin_access_control" &&
          after !== undefined &&
          after["signing_behavior"] !== "always",
      )
      .filter(({ address }) => isUsed(subject, address))
      .map(({ address, after }) => ({
        address,
        message: say`it does not sign every request (${String(after!["signing_behavior"])})`,
      })),
  ],
};

export const openFunction: HoleRule = {
  id: "open-function",
  remedy: 'set authorization_type to "AWS_IAM" and give the origin an origin access control',
  holes: (subject) =>
    subject.plan.changes
      .filter(({ type, after }) => type === "aws_lambda_function_url" && after?.["authorization_type"] === "NONE")
      .filter((change) => isOrigin(subject, change))
      .map(({ address }) => ({ address, message: say`anybody can call this function at its own address` })),
};

/** Policies of buckets that a distribution with the gate reads. */
function policies(subject: Subject): Change[] {
  return subject.plan.changes.filter(
    (change) => change.type === "aws_s3_bucket_policy" && change.after !== undefined && isOrigin(subject, change),
  );
}

function readers({ plan, gated }: Subject, { address, after }: Change): Hole[] {
  const arns = gated.flatMap(({ change }) => (typeof change.after?.["arn"] === "string" ? [change.after["arn"]] : []));
  return (statementsIn(after?.["policy"]) ?? [])
    .filter((statement) => statement.isAllow && mayRead(statement))
    .flatMap((statement): Hole[] => {
      const { principals, conditions, isNegative } = statement;
      if ((principals.some(isEverybody) && !isBounded(conditions)) || isNegative)
        return [{ address, message: say`anybody can read the bucket` }];
      if (!principals.includes("Service:cloudfront.amazonaws.com")) return [];
      const sources = sourceArns(conditions);
      if (sources.length === 0) return [{ address, message: say`any distribution of any account can read the bucket` }];
      // A distribution of another configuration cannot be checked; one of this plan can.
      const others = plan.changes.filter(
        ({ type, after: values }) =>
          type === "aws_cloudfront_distribution" &&
          typeof values?.["arn"] === "string" &&
          !arns.includes(values["arn"]),
      );
      const other = sources.find(
        (source) =>
          source.includes("*") ||
          (!arns.includes(source) &&
            (arns.length > 0 || others.some(({ after: values }) => values?.["arn"] === source))),
      );
      return other === undefined
        ? []
        : [{ address, message: say`the distribution ${other} can read the bucket, and has no gate in this plan` }];
    });
}

function mayRead({ actions }: Statement): boolean {
  return actions.some((action) => /^(\*|s3:\*|s3:get\*|s3:getobject\*?)$/i.test(action)) || actions.length === 0;
}

/** Conditions that no stranger meets. */
function isBounded(conditions: Statement["conditions"]): boolean {
  const keys = Object.entries(conditions).flatMap(([operator, of]) => (/not/i.test(operator) ? [] : Object.keys(of)));
  return keys.some((key) => /^aws:(source|principal)(arn|account|orgid|vpce|vpc)$/.test(key));
}

function sourceArns(conditions: Statement["conditions"]): string[] {
  return Object.values(conditions).flatMap((keys) => keys["aws:sourcearn"] ?? []);
}

/** True if a distribution with the gate has the bucket or function of this resource as an origin. */
function isOrigin({ plan, gated }: Subject, change: Change): boolean {
  const attribute = change.type === "aws_s3_bucket_policy" ? "bucket" : "function_url";
  const own = `${withoutKeys(change.address)}.function_url`;
  const value = change.after?.[attribute];
  const expression = expressionsOf(plan, change.module, change.address)?.[attribute];
  const reference = referenceOf(plan, withoutKeys(change.module), expression);
  return gated.some(({ origins }) =>
    origins.some(
      (origin) =>
        (typeof value === "string" && (origin.startsWith(`${value}.s3`) || value.includes(`//${origin}`))) ||
        (reference !== undefined && origin.startsWith(`${reference.address}.`)) ||
        origin === own,
    ),
  );
}

function isBucket({ domain_name: name }: Values): boolean {
  return typeof name === "string" && /\.s3[.-](?!website)/.test(name);
}

function isSigned(origin: Values, { afterUnknown }: Change, i: number): boolean {
  const legacy = blocks(origin["s3_origin_config"]).some((one) => (one["origin_access_identity"] ?? "") !== "");
  const control = origin["origin_access_control_id"];
  return (
    legacy ||
    (typeof control === "string" && control !== "") ||
    isMarked(afterUnknown, ["origin", i, "origin_access_control_id"])
  );
}

/** True if a distribution with the gate uses it. */
function isUsed({ plan, gated }: Subject, control: string): boolean {
  const id = plan.changes.find(({ address }) => address === control)?.after?.["id"];
  return gated.some(({ change, module, address }) => {
    const known = blocks(change.after?.["origin"]).some(
      (origin) => typeof id === "string" && origin["origin_access_control_id"] === id,
    );
    const written = blocks(expressionsOf(plan, module, address)?.["origin"]);
    return (
      known ||
      written.some(
        (origin) =>
          referenceOf(plan, withoutKeys(module), origin["origin_access_control_id"])?.address === withoutKeys(control),
      )
    );
  });
}
