import { AcmCertificate } from "@cdktf/provider-aws/lib/acm-certificate";
import { AcmCertificateValidation } from "@cdktf/provider-aws/lib/acm-certificate-validation";
import { Route53Record } from "@cdktf/provider-aws/lib/route53-record";
import { TerraformLocal } from "cdktf";
import { Construct } from "constructs";
import { tail } from "./lists";

export interface CertificateProps {
  /** The first of the hosts. */
  domain: string;
  hosts: readonly string[];
  /** Host to zone. */
  zones: Readonly<Record<string, string>>;
}

/**
 * A certificate for all domains, validated by DNS
 * (https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html).
 */
export class Certificate extends Construct {
  /** Known once the certificate is issued. */
  readonly arn: string;

  constructor(scope: Construct, id: string, { domain, hosts, zones }: CertificateProps) {
    super(scope, id);
    const certificate = new AcmCertificate(this, "Resource", {
      domainName: domain,
      subjectAlternativeNames: tail(hosts),
      validationMethod: "DNS",
      lifecycle: { createBeforeDestroy: true },
    });
    const records = validationRecords(this, certificate, zones);
    const validation = new AcmCertificateValidation(this, "validation", { certificateArn: certificate.arn });
    validation.addOverride("validation_record_fqdns", `\${[for record in ${records.fqn} : record.fqdn]}`);
    this.arn = validation.certificateArn;
  }
}

/**
 * One record per domain. `for_each` takes the set as it is. CDKTF's iterators would make it a list, which is unknown
 * until the apply if there are several domains, so Terraform could not plan it.
 */
function validationRecords(
  scope: Construct,
  certificate: AcmCertificate,
  zones: Readonly<Record<string, string>>,
): Route53Record {
  const local = new TerraformLocal(scope, "zones", { ...zones });
  const records = new Route53Record(scope, "records", {
    zoneId: `\${local.${local.friendlyUniqueId}[each.key]}`,
    name: "${each.value.resource_record_name}",
    type: "${each.value.resource_record_type}",
    records: ["${each.value.resource_record_value}"],
    ttl: 300,
    allowOverwrite: true,
  });
  records.addOverride(
    "for_each",
    `\${{ for option in ${certificate.fqn}.domain_validation_options : option.domain_name => option }}`,
  );
  return records;
}
