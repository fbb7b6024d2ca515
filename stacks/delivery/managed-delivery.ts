import type { Construct } from "constructs";
import type { Config, Origin } from "../../config/schema";
import { AccessLogs } from "../access-logs";
import { Caching } from "../caching";
import { Certificate } from "../certificate";
import { Distribution } from "../distribution";
import { Dns, zonesOf } from "../dns";
import { concat, isComputed } from "../lists";
import { Origins } from "../origins/origins";
import { SiteHandler } from "../origins/site-handler";
import { Redirect } from "../redirect";
import { hostsOf } from "../settings";
import { WebAcl } from "../web-acl/web-acl";
import type { Delivery, DeliveryProps } from "./delivery";

/** A distribution with its origins, DNS, certificate, web ACL and access logs. */
export function managedDelivery(scope: Construct, props: DeliveryProps & { origin: Origin }): Delivery {
  const { config, artifacts, protection, responseHeaders, origin } = props;
  const domains = isLocal(config.domain) ? [] : hostsOf(config).filter((host) => !isLocal(host));
  const redirected = domains.length === 0 ? [] : config.redirectHosts;
  const certificate = certificateArn(scope, config, concat(domains, redirected));
  const attached = (hosts: readonly string[]) => (config.attachDomains ? hosts : []);

  const origins = new Origins(scope, "origin", config);
  const site =
    origins.bucketArns.length === 0
      ? undefined
      : new SiteHandler(scope, "site_handler", { config, zip: artifacts.site, bucketArns: origins.bucketArns });
  const webAcl = webAclOf(scope, config);
  const distribution = new Distribution(scope, "gateway", {
    config,
    origin,
    origins,
    caching: new Caching(scope, "cache", config),
    protection,
    responseHeaders,
    siteArn: site?.qualifiedArn,
    webAclArn: webAcl?.arn,
    aliases: attached(domains),
    certificateArn: certificate,
  });
  const readable = origins.allowAccessBy(distribution.arn);
  const { delivery, groupName } = new AccessLogs(scope, "access_logs", { config, distributionArn: distribution.arn });
  const redirect =
    certificate === undefined || redirected.length === 0
      ? undefined
      : new Redirect(scope, "redirect", {
          config,
          aliases: attached(redirected),
          certificateArn: certificate,
          webAclArn: webAcl?.arn,
          responseHeadersPolicyId: protection.responseHeadersPolicyId,
        });
  if (config.manageDns) {
    const common = { overwrite: config.overwriteDns, after: [...props.before, delivery, ...readable] };
    const zones = zonesOf(config, attached(domains));
    if (Object.keys(zones).length > 0) new Dns(scope, "alias", { zones, distribution, ...common });
    const redirectZones = zonesOf(config, attached(redirected));
    if (redirect && Object.keys(redirectZones).length > 0)
      new Dns(scope, "redirect_alias", { zones: redirectZones, distribution: redirect, ...common });
  }

  return {
    distributionId: distribution.id,
    distribution: { name: distribution.name, domainName: distribution.domainName },
    ...(redirect && { redirect: { functionArn: redirect.functionArn, domainName: redirect.domainName } }),
    logs: {
      ...(groupName !== undefined && { access: groupName }),
      ...(webAcl?.logGroupName !== undefined && { webAcl: webAcl.logGroupName }),
    },
    siteBuckets: origins.buckets.map((bucket) => bucket.name),
    originAccess: origins.accessToGive(distribution.arn),
  };
}

/** The configured certificate, or a new one for the domains; undefined if only the local edge serves them. */
function certificateArn(scope: Construct, config: Config, domains: readonly string[]): string | undefined {
  const { certificateArn } = config;
  if (domains.length === 0) return undefined;
  if (certificateArn !== undefined) return certificateArn;
  const zones = zonesOf(config, domains);
  if (!isComputed(domains) && Object.keys(zones).length < domains.length)
    throw new Error("a domain needs a certificate or a hosted zone (checked in config/cross-checks.ts)");
  return new Certificate(scope, "certificate", { domain: config.domain, hosts: domains, zones }).arn;
}

/** The web ACL that the gateway makes, or an existing one; undefined for none. */
function webAclOf(scope: Construct, config: Config): { arn: string; logGroupName?: string } | undefined {
  const { waf } = config;
  if (waf === false) return undefined;
  return "webAclArn" in waf ? { arn: waf.webAclArn } : new WebAcl(scope, "web_acl", config, waf);
}

/** `app.localhost:8443` and the like: CloudFront does not know these hosts. */
function isLocal(host: string): boolean {
  return host.includes(":");
}
