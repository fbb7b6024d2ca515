/** What checkov finds in plans, and why that is right. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

interface Accepted {
  /** The only resources where it is accepted. */
  on: RegExp;
  why: string;
}

const FUNCTIONS = /^aws_lambda_function\./;
const DISTRIBUTIONS = /^aws_cloudfront_distribution\.(gateway|redirect)$/;
const BUCKETS = /^aws_s3_bucket\.(site|store_access_bucket$|audit_bucket$)/;
const TRAIL = /^aws_cloudtrail\.store_access$/;

/** By the check's ID: https://www.checkov.io/5.Policy%20Index/terraform.html */
export const ACCEPTED: Record<string, Accepted> = {
  CKV2_AWS_34: {
    on: /^aws_ssm_parameter\.(auth|bearer)_settings_parameter$/,
    why: "The settings hold no secret, and a plan has to show what changes in them.",
  },
  CKV2_AWS_47: {
    on: DISTRIBUTIONS,
    why: "AWSManagedRulesKnownBadInputsRuleSet is there. The check does not see the reference to the web ACL.",
  },
  CKV2_AWS_57: {
    on: /^aws_secretsmanager_secret\.secret_idp_/,
    why: "An identity provider issues these. Nobody but its administrator can rotate them; the session keys do rotate.",
  },
  CKV2_AWS_62: {
    on: BUCKETS,
    why: "Nothing has to happen when a file of the site changes, or a trail or the archiver writes one.",
  },
  CKV_AWS_18: {
    on: BUCKETS,
    why: "Only the distribution reads a site's bucket, and its access log has every request. Only the trail writes its own, and the alarm reads its log group. Who reads the archive is for a trail of the account: a locked bucket takes no access log.",
  },
  CKV_AWS_50: {
    on: FUNCTIONS,
    why: "Lambda@Edge has no tracing. The control plane logs each step as JSON, with the time that it took.",
  },
  CKV_AWS_86: {
    on: DISTRIBUTIONS,
    why: "The gateway's log is standard logging v2, which the check does not know. The redirects lead to it.",
  },
  CKV_AWS_116: {
    on: FUNCTIONS,
    why: "Lambda@Edge answers its viewer. The queues of the revoker have a dead-letter queue, its schedules repeat, and Secrets Manager repeats a rotation.",
  },
  CKV_AWS_117: { on: FUNCTIONS, why: "They call public endpoints only, and Lambda@Edge has no VPC." },
  CKV_AWS_119: {
    on: /^aws_dynamodb_table\./,
    why: "Encrypted with a key that AWS owns. kmsKeyArn takes one of your own.",
  },
  CKV_AWS_35: {
    on: TRAIL,
    why: "It records who called the store, and no value of it. CloudTrail encrypts with SSE-S3.",
  },
  CKV_AWS_144: {
    on: BUCKETS,
    why: "Files of the site come from a build, which can be repeated. The trail is also in its log group. bucketArn takes an archive that is replicated.",
  },
  CKV_AWS_145: {
    on: BUCKETS,
    why: "Files of the site are no secret to S3, a trail's neither, and events have none. SSE-S3 encrypts them. bucketArn takes a bucket with another key.",
  },
  CKV_AWS_149: {
    on: /^aws_secretsmanager_secret\./,
    why: "Encrypted with a key that AWS manages. kmsKeyArn takes one of your own.",
  },
  CKV_AWS_158: {
    on: /^aws_cloudwatch_log_group\./,
    why: "CloudWatch encrypts every group. logKmsKeyArn takes a key of your own.",
  },
  CKV_AWS_252: { on: TRAIL, why: "The alarm notifies. A topic would announce every file that the trail writes." },
  CKV_AWS_259: {
    on: /^aws_cloudfront_response_headers_policy\.security_headers(_cors_\d+)?$/,
    why: "The header is set. includeSubDomains and preload would speak for hosts that are not the gateway's.",
  },
  CKV_AWS_272: {
    on: FUNCTIONS,
    why: "Lambda@Edge does not support it. Everybody who could deploy other code could also remove the requirement.",
  },
  CKV_AWS_305: {
    on: DISTRIBUTIONS,
    why: "Only a bucket needs one, and gets one. A server decides itself what is at /.",
  },
  CKV_AWS_310: { on: DISTRIBUTIONS, why: "The config names one origin for each path." },
  CKV_AWS_338: {
    on: /^aws_cloudwatch_log_group\./,
    why: "logRetentionDays decides. A log with addresses of people should not be kept longer than needed.",
  },
  CKV_AWS_374: { on: DISTRIBUTIONS, why: "Who gets in is a decision about people, not about countries." },
};

interface Report {
  summary: { passed: number; parsing_errors: number };
  results: { failed_checks: { check_id: string; check_name: string; resource: string }[] };
}

/**
 * @param plans `terraform show -json`, by name
 * @param more what is accepted in these plans only
 * @returns how many checks passed, what failed without a reason, and the reasons for which there was no need
 */
export function review(checkov: string, plans: Record<string, string>, more: Record<string, Accepted> = {}) {
  const accepted = { ...ACCEPTED, ...more };
  const folder = mkdtempSync(join(tmpdir(), "edgegate-checkov-"));
  try {
    const files = Object.entries(plans).map(([name, json]) => {
      const file = join(folder, `${name}.json`);
      writeFileSync(file, json);
      return file;
    });
    // Otherwise it asks the network for its guidelines.
    const options = ["--framework", "terraform_plan", "--skip-download", "--quiet", "--compact", "--soft-fail"];
    const output = execFileSync(checkov, [...options, "-o", "json", "-f", ...files], {
      encoding: "utf8",
      maxBuffer: 64 * 1024 * 1024,
      stdio: ["ignore", "pipe", "ignore"],
    });
    const { summary, results } = JSON.parse(output) as Report;
    const failed = results.failed_checks.map(({ resource, ...check }) => ({
      ...check,
      resource: resource.replace(/^module\.\w+\./, ""),
    }));
    const used = new Set(failed.map(({ check_id }) => check_id));
    return {
      passed: summary.passed,
      parsingErrors: summary.parsing_errors,
      withoutReason: failed
        .filter(({ check_id, resource }) => !accepted[check_id]?.on.test(resource))
        .map(({ check_id, check_name, resource }) => `${resource}: ${check_name} (${check_id})`),
      withoutNeed: Object.keys(ACCEPTED).filter((id) => !used.has(id)),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
