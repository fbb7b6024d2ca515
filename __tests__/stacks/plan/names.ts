/** What the real provider makes of hosts, certificates and records. */
import { EVERYTHING } from "../../support/configs";
import type { Name, Planned } from "./planned";

export function planOfNames({ all, one, plan }: Planned): void {
  describe("of names and certificates", () => {
    test("points every domain at the distribution, IPv4 and IPv6", () => {
      const records = all("everything", "aws_route53_record").map(({ name, index, values }) => [
        name,
        index,
        values["type"],
        values["name"],
      ]);
      const hosts = ["admin", "app", "docs"].map((host) => `${host}.example.com`);
      expect(records).toEqual([
        ...hosts.map((host) => ["alias_ipv4", host, "A", host]),
        ...hosts.map((host) => ["alias_ipv6", host, "AAAA", host]),
        ["redirect_alias_ipv4", "example.com", "A", "example.com"],
        ["redirect_alias_ipv6", "example.com", "AAAA", "example.com"],
      ]);
    });

    test("makes each record in the zone of its host, and overwrites only what the config lets it", () => {
      const zoneOf = (name: Name, record: string) =>
        Object.fromEntries(
          all(name, "aws_route53_record")
            .filter((resource) => resource.name === record)
            .map(({ index, values }) => [index, values["zone_id"]]),
        );
      const [zone, docs] = [EVERYTHING.hostedZoneId, EVERYTHING.hostedZones!["docs.example.com"]];
      const expected = { "admin.example.com": zone, "app.example.com": zone, "docs.example.com": docs };
      expect(zoneOf("everything", "alias_ipv4")).toEqual(expected);
      expect(zoneOf("issued", "certificate_records")).toEqual({ ...expected, "example.com": zone });
      const overwrites = (name: Name) =>
        new Set(
          all(name, "aws_route53_record").flatMap((record) =>
            record.name.includes("alias") ? [record.values["allow_overwrite"]] : [],
          ),
        );
      expect(overwrites("everything")).toEqual(new Set([true]));
      expect(overwrites("example")).toEqual(new Set([false]));
    });

    test("makes alias records last: people come when keys, logs and files are there", () => {
      const { configuration } = JSON.parse(plan("example").json) as {
        configuration: { root_module: { resources: { address: string; depends_on?: string[] }[] } };
      };
      const record = configuration.root_module.resources.find(
        ({ address }) => address === "aws_route53_record.alias_ipv4",
      )!;
      expect(record.depends_on).toEqual([
        "aws_secretsmanager_secret_rotation.key_rotator_schedule",
        "aws_secretsmanager_secret_rotation.key_rotator_origin_schedule",
        "aws_cloudwatch_log_delivery.access_logs_delivery",
        "aws_s3_bucket_policy.site_policy",
      ]);
    });

    test("redirects hosts by a distribution of their own, behind the same web ACL", () => {
      expect(one("everything", "aws_cloudfront_distribution", "redirect")).toMatchObject({
        aliases: ["example.com"],
        default_cache_behavior: [{ viewer_protocol_policy: "redirect-to-https" }],
        viewer_certificate: [{ minimum_protocol_version: "TLSv1.2_2021" }],
      });
    });

    test("makes and validates a certificate where none is given, and none where one is", () => {
      expect(one("example", "aws_acm_certificate")).toMatchObject({
        domain_name: "handbook.example.com",
        validation_method: "DNS",
      });
      expect(all("example", "aws_acm_certificate_validation")).toHaveLength(1);
      expect(all("example", "aws_route53_record").filter(({ name }) => name === "certificate_records")).toMatchObject([
        { index: "handbook.example.com" },
      ]);
      expect(all("everything", "aws_acm_certificate")).toEqual([]);
    });

    test("validates a new certificate for every domain of the config with everything", () => {
      const domains = ["app.example.com", "docs.example.com", "admin.example.com", "example.com"];
      expect(one("issued", "aws_acm_certificate")).toMatchObject({
        domain_name: domains[0],
        subject_alternative_names: [...domains].sort(),
      });
      const records = all("issued", "aws_route53_record").filter(({ name }) => name === "certificate_records");
      expect(records.map(({ index }) => index)).toEqual([...domains].sort());
    });
  });
}
