import { Route53Record } from "@cdktf/provider-aws/lib/route53-record";
import { TerraformIterator } from "cdktf";
import { Construct } from "constructs";

export interface DnsProps {
  domains: readonly string[];
  hostedZoneId: string;
  distribution: { domainName: string; hostedZoneId: string };
}

/** Alias records of every domain, for IPv4 and IPv6. */
export class Dns extends Construct {
  constructor(scope: Construct, id: string, props: DnsProps) {
    super(scope, id);
    for (const [name, type] of [
      ["ipv4", "A"],
      ["ipv6", "AAAA"],
    ] as const) {
      const domains = TerraformIterator.fromList([...props.domains]);
      new Route53Record(this, name, {
        forEach: domains,
        zoneId: props.hostedZoneId,
        name: domains.value,
        type,
        alias: {
          name: props.distribution.domainName,
          zoneId: props.distribution.hostedZoneId,
          evaluateTargetHealth: false,
        },
      });
    }
  }
}
