import { AcmCertificate } from "@cdktf/provider-aws/lib/acm-certificate";
import { AcmCertificateValidation } from "@cdktf/provider-aws/lib/acm-certificate-validation";
import { Route53Record } from "@cdktf/provider-aws/lib/route53-record";
import { TerraformIterator } from "cdktf";
import { Construct } from "constructs";

/** A certificate for all domains, validated by DNS (https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html). */
export class Certificate extends Construct {
  /** Known once the certificate is issued. */
  readonly arn: string;

  constructor(scope: Construct, id: string, props: { domains: readonly string[]; hostedZoneId: string }) {
    super(scope, id);
    const [domainName, ...subjectAlternativeNames] = props.domains;
    const certificate = new AcmCertificate(this, "Resource", {
      domainName: domainName!,
      subjectAlternativeNames,
      validationMethod: "DNS",
      lifecycle: { createBeforeDestroy: true },
    });
    const records = validationRecords(this, certificate, props.hostedZoneId);
    const validation = new AcmCertificateValidation(this, "validation", { certificateArn: certificate.arn });
    validation.addOverride("validation_record_fqdns", `\${[for record in ${records.fqn} : record.fqdn]}`);
    this.arn = validation.certificateArn;
  }
}

function validationRecords(scope: Construct, certificate: AcmCertificate, zoneId: string): Route53Record {
  const options = TerraformIterator.fromComplexList(certificate.domainValidationOptions, "domain_name");
  return new Route53Record(scope, "records", {
    forEach: options,
    zoneId,
    name: options.getString("resource_record_name"),
    type: options.getString("resource_record_type"),
    records: [options.getString("resource_record_value")],
    ttl: 300,
    allowOverwrite: true,
  });
}
