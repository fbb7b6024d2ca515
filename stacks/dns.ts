import { Route53Record } from "@cdktf/provider-aws/lib/route53-record";
import { TerraformIterator, type ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { Config } from "../config/schema";
import { isComputed, mapOf } from "./lists";

/** The hosts that have a zone in the config, with its ID. */
export function zonesOf({ hostedZoneId, hostedZones }: Config, hosts: readonly string[]): Record<string, string> {
  // All hosts of a module are in one zone.
  if (isComputed(hosts)) return hostedZoneId === undefined ? {} : mapOf(hosts, hostedZoneId);
  return Object.fromEntries(
    hosts.flatMap((host) => {
      const zone = hostedZones[host] ?? hostedZoneId;
      return zone === undefined ? [] : [[host, zone]];
    }),
  );
}

export interface DnsProps {
  /** Host to zone. */
  zones: Readonly<Record<string, string>>;
  distribution: { domainName: string; hostedZoneId: string };
  /** Replaces existing records. Otherwise these fail the apply. */
  overwrite: boolean;
  /** Resources that must exist before DNS sends people here. */
  after: ITerraformDependable[];
}

/** Alias records of every host, for IPv4 and IPv6. */
export class Dns extends Construct {
  constructor(scope: Construct, id: string, { zones, distribution, overwrite, after }: DnsProps) {
    super(scope, id);
    for (const [name, type] of [
      ["ipv4", "A"],
      ["ipv6", "AAAA"],
    ] as const) {
      const hosts = TerraformIterator.fromMap({ ...zones });
      new Route53Record(this, name, {
        forEach: hosts,
        zoneId: hosts.value as string,
        name: hosts.key,
        type,
        alias: {
          name: distribution.domainName,
          zoneId: distribution.hostedZoneId,
          evaluateTargetHealth: false,
        },
        allowOverwrite: overwrite,
        dependsOn: after,
      });
    }
  }
}
