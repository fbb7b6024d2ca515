/** What the real provider makes of buckets, logs, roles and tags. */
import { EVERYTHING } from "../../support/configs";
import type { PlannedResource } from "../../support/terraform";
import type { Planned, Values } from "./planned";

export function planOfStorage({ all, one, plan }: Planned): void {
  describe("of buckets, logs and tags", () => {
    test("keeps buckets private, encrypted, versioned and without ACLs", () => {
      expect(
        all("everything", "aws_s3_bucket").map(({ name, values }) => [
          name,
          values["bucket"] ?? values["bucket_prefix"],
        ]),
      ).toEqual([
        ["audit_bucket", "everything-audit-"],
        ["site", "everything-"],
        ["site-everything_example-assets", "everything.example-assets"],
        ["store_access_bucket", "everything-trail-"],
      ]);
      const closed = {
        block_public_acls: true,
        block_public_policy: true,
        ignore_public_acls: true,
        restrict_public_buckets: true,
      };
      const expected = {
        aws_s3_bucket_public_access_block: closed,
        aws_s3_bucket_ownership_controls: { rule: [{ object_ownership: "BucketOwnerEnforced" }] },
        aws_s3_bucket_server_side_encryption_configuration: {
          rule: [{ apply_server_side_encryption_by_default: [{ sse_algorithm: "AES256" }] }],
        },
        aws_s3_bucket_versioning: { versioning_configuration: [{ status: "Enabled" }] },
      };
      for (const [type, values] of Object.entries(expected)) {
        expect(all("everything", type).map((resource) => resource.values)).toMatchObject([
          values,
          values,
          values,
          values,
        ]);
      }
    });

    test("locks audit events for as long as they are kept, and nothing else", () => {
      expect(
        all("everything", "aws_s3_bucket_object_lock_configuration").map(({ name, values }) => [name, values]),
      ).toMatchObject([["audit_bucket_lock", { rule: [{ default_retention: [{ mode: "GOVERNANCE", days: 400 }] }] }]]);
      // Turning the lock on or off must not replace the bucket.
      expect(one("everything", "aws_s3_bucket", "audit_bucket")).not.toMatchObject({ object_lock_enabled: true });
      const rules = one("everything", "aws_s3_bucket_lifecycle_configuration", "audit_bucket_lifecycle")["rule"];
      expect(rules).toMatchObject([{ expiration: [{ days: 400 }] }, {}]);
      expect(all("example", "aws_s3_bucket").filter(({ name }) => name.includes("audit"))).toEqual([]);
    });

    test("logs what the gate decided, and nothing that carries a code, a cookie or a token", () => {
      const fields = one("example", "aws_cloudwatch_log_delivery")["record_fields"] as string[];
      expect(fields).toEqual(
        expect.arrayContaining(["viewer-request-log-data", "x-edge-request-id", "c-ip", "cs-uri-stem", "sc-status"]),
      );
      expect(fields.filter((field) => /query|cookie|referer|headers/i.test(field))).toEqual([]);
    });

    test("keeps every log group for the configured time", () => {
      const kept = ({ values }: PlannedResource) => [values["name"], values["retention_in_days"], values["kms_key_id"]];
      const functions = [
        "everything-archiver",
        "us-east-1.everything-auth",
        "us-east-1.everything-bearer",
        "everything-key-rotator",
        "everything-revocations",
        "everything-revoker",
        "us-east-1.everything-site",
      ];
      expect(all("everything", "aws_cloudwatch_log_group").map(kept)).toEqual([
        ...functions.map((name) => [`/aws/lambda/${name}`, 365, EVERYTHING.logKmsKeyArn]),
        ["/aws/cloudtrail/everything-store-access", 365, EVERYTHING.logKmsKeyArn],
        ["aws-waf-logs-everything", 365, EVERYTHING.logKmsKeyArn],
      ]);
      expect(all("example", "aws_cloudwatch_log_group").map(kept)).toContainEqual([
        "/aws/vendedlogs/cloudfront/handbook",
        90,
        null,
      ]);
    });

    test("records the calls of the store and nothing else, in all regions", () => {
      expect(all("example", "aws_cloudtrail")).toEqual([]);
      const trail = one("everything", "aws_cloudtrail");
      expect(trail).toMatchObject({
        name: "everything-store-access",
        enable_logging: true,
        enable_log_file_validation: true,
        is_multi_region_trail: true,
        event_selector: [],
      });
      const [{ field_selector: fields }] = trail["advanced_event_selector"] as [{ field_selector: Values[] }];
      const listed = (value: unknown) => (value ?? []) as string[];
      const selected = fields.map(({ field, equals, not_equals: not }) => [
        field as string,
        listed(not).length > 0 ? { not } : equals,
      ]);
      expect(Object.fromEntries(selected)).toMatchObject({
        eventCategory: ["Data"],
        "resources.type": ["AWS::CloudFront::KeyValueStore"],
        eventName: { not: ["DescribeKeyValueStore"] },
      });
      expect(selected.map(([field]) => field)).toContain("resources.ARN");
      const { configuration } = JSON.parse(plan("everything").json) as {
        configuration: { root_module: { resources: { address: string; expressions: object }[] } };
      };
      const { expressions } = configuration.root_module.resources.find(({ address }) =>
        address.startsWith("aws_cloudtrail."),
      )!;
      expect(JSON.stringify(expressions)).toContain("aws_cloudfront_key_value_store.session_store.arn");
      const alarm = all("everything", "aws_cloudwatch_metric_alarm").find(({ name }) => name.includes("accessed"))!;
      expect(alarm.values).toMatchObject({
        alarm_name: "everything-store-accessed",
        namespace: "edgegate/everything",
        metric_name: "store-accessed",
        statistic: "Sum",
        threshold: 0,
        evaluation_periods: 1,
        alarm_actions: [EVERYTHING.alarmTopicArn],
      });
    });

    test("delivers access logs to the config's bucket instead of a log group", () => {
      expect(one("everything", "aws_cloudwatch_log_delivery_destination")).toMatchObject({
        output_format: "json",
        delivery_destination_configuration: [{ destination_resource_arn: "arn:aws:s3:::example-logs" }],
      });
    });

    test("gives every role the config's boundary, path and prefix", () => {
      const roles = all("everything", "aws_iam_role").map(({ values }) => values as Values);
      expect(roles.map((role) => role["name"])).toEqual(
        ["archiver", "auth", "bearer", "key-rotator", "revocations", "revoker", "site", "store-access"].map(
          (name) => `team-everything-${name}`,
        ),
      );
      for (const role of roles)
        expect(role).toMatchObject({ path: "/teams/", permissions_boundary: EVERYTHING.iam!.permissionsBoundaryArn });
    });

    test("tags everything with the gateway's name and the config's tags, as they are written", () => {
      const tagged = plan("everything").resources.filter(({ values }) => "tags_all" in values);
      expect(tagged.length).toBeGreaterThan(8);
      for (const { address, values } of tagged) {
        expect([address, values["tags_all"]]).toEqual([
          address,
          { edgegate: "everything", owner: "platform", "cost centre/Köln": "42 = a+b@c:d_e.f-g" },
        ]);
      }
    });
  });
}
