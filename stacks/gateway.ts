import { TerraformStack } from "cdktf";
import { Construct } from "constructs";
import type { Artifacts } from "../build/artifacts";
import { usesOriginSecret } from "../config/origins/protection";
import type { Config } from "../config/schema";
import { AccessLogs } from "./access-logs";
import { Alarms } from "./alarms";
import { authPermissions } from "./auth-permissions";
import { Caching } from "./caching";
import { Certificate } from "./certificate";
import { DecisionCheck, type Deciders } from "./decision-check";
import { Dashboard } from "./dashboard";
import { Distribution } from "./distribution";
import { Dns, zonesOf } from "./dns";
import { EdgeFunction } from "./edge-function";
import { postLogoutRedirectUris, redirectUris } from "./endpoint-urls";
import { FixedSettings } from "./fixed-settings";
import { Gate } from "./gate";
import { identityStacks } from "./identity/identity-stacks";
import { KeyRotator } from "./key-rotator";
import { Ledger } from "./ledger";
import { concat, isComputed } from "./lists";
import { authFunctionName, originSecretName } from "./names";
import { Origins } from "./origins/origins";
import { SiteHandler } from "./origins/site-handler";
import { ProviderCheck } from "./provider-check";
import { Redirect } from "./redirect";
import { ResponseHeaders } from "./response-headers";
import { Revoker } from "./revoker";
import { SavedQueries } from "./saved-queries";
import { Secrets } from "./secrets";
import { SessionStore } from "./session-store";
import { StoreAccess } from "./store-access";
import { authSettings, hostsOf } from "./settings";
import { WebAcl } from "./web-acl/web-acl";

export interface GatewayProps {
  config: Config;
  artifacts: Artifacts;
}

/** Everything that one config deploys. Provider and backend come from the stack around it. */
export class Gateway extends Construct {
  readonly distributionId: string;
  /** Where the DNS records of the domains point. */
  readonly distributionDomainName: string;
  /** The same for the hosts that only redirect, if there are any. */
  readonly redirectDomainName: string | undefined;
  /** ARN of the SNS topic to which your automation publishes revocations. */
  readonly revocationTopicArn: string;
  readonly revocationQueueUrl: string;
  readonly signOutQueueUrl: string;
  /** URL of the dead-letter queue for revocations that could not be carried out. */
  readonly deadRevocationQueueUrl: string;
  readonly sessionsTableName: string;
  readonly revocationsTableName: string;
  /** ARN of the store that the gate reads; key rotation and revocation fill it. */
  readonly sessionStoreArn: string;
  /** By origin that its owner must open to the distribution: the statement of a bucket's policy, or commands. */
  readonly originAccess: Readonly<Record<string, string>>;
  /** Name of the secret that servers with `secretHeader` read; undefined if there are none. */
  readonly originSecretName: string | undefined;
  /** Names of the buckets that the gateway made for the files of S3 origins. */
  readonly siteBuckets: readonly string[];
  /** Names of the secrets that need a value. */
  readonly secretNames: readonly string[];
  /** By identity provider: the redirect URIs to register there. */
  readonly redirectUris: Readonly<Record<string, readonly string[]>>;
  /** The post-logout redirect URIs to register at each identity provider. */
  readonly postLogoutRedirectUris: readonly string[];
  readonly #distribution: Distribution;
  readonly #deciders: Deciders;

  constructor(scope: Construct, id: string, { config, artifacts }: GatewayProps) {
    super(scope, id);
    const domains = isLocal(config.domain) ? [] : hostsOf(config).filter((host) => !isLocal(host));
    const redirected = domains.length === 0 ? [] : config.redirectHosts;
    const certificate = certificateArn(this, config, concat(domains, redirected));
    const attached = (hosts: readonly string[]) => (config.attachDomains ? hosts : []);

    new FixedSettings(this, "fixed_settings", config);
    const store = new SessionStore(this, "session_store", config);
    const gate = new Gate(this, "gate", { config, source: artifacts.gate, store });
    const secrets = new Secrets(this, "secret", config);
    const auth = new EdgeFunction(this, "auth", {
      functionName: authFunctionName(config),
      description: `Signs people in to ${config.name}`,
      zip: artifacts.auth,
      settings: authSettings(config, identityStacks(this, config)),
      secretNames: secrets.names,
      permissions: authPermissions(config),
      config,
    });

    const ledger = new Ledger(this, "ledger", config);
    const keyRotator = new KeyRotator(this, "key_rotator", {
      config,
      zip: artifacts.keyRotator,
      secret: secrets.sessionKeys,
      originSecret: secrets.origin,
      store,
      ledger,
    });
    const revoker = new Revoker(this, "revoker", {
      config,
      zip: artifacts.revoker,
      secret: secrets.sessionKeys,
      store,
      ledger,
    });

    const origins = new Origins(this, "origin", config);
    const site =
      origins.bucketArns.length === 0
        ? undefined
        : new SiteHandler(this, "site_handler", { config, zip: artifacts.site, bucketArns: origins.bucketArns });
    const webAcl = webAclOf(this, config);
    const responseHeadersPolicyId = new ResponseHeaders(this, "security_headers", config).id;
    const distribution = new Distribution(this, "gateway", {
      config,
      origins,
      caching: new Caching(this, "cache", config),
      responseHeadersPolicyId,
      gateArn: gate.arn,
      authArn: auth.qualifiedArn,
      siteArn: site?.qualifiedArn,
      webAclArn: webAcl?.arn,
      aliases: attached(domains),
      certificateArn: certificate,
    });
    const readable = origins.allowAccessBy(distribution.arn);
    const { delivery, groupName } = new AccessLogs(this, "access_logs", { config, distributionArn: distribution.arn });
    const storeAccess = config.storeAccessAlarm ? new StoreAccess(this, "store_access", { config, store }) : undefined;
    const alarms = new Alarms(this, "alarm", {
      config,
      distributionId: distribution.id,
      logs: { access: groupName, revoker: revoker.logGroupName, storeAccess: storeAccess?.logGroupName },
    });
    new SavedQueries(this, "query", {
      config,
      logs: {
        access: groupName,
        webAcl: webAcl?.logGroupName,
        revocations: revoker.logGroupNames,
        storeAccess: storeAccess?.logGroupName,
      },
    });
    if (config.dashboard)
      new Dashboard(this, "dashboard", {
        config,
        distributionId: distribution.id,
        alarmArns: alarms.arns,
        hasAccessLog: groupName !== undefined,
        hasWebAcl: webAcl?.logGroupName !== undefined,
      });
    const redirect =
      certificate === undefined || redirected.length === 0
        ? undefined
        : new Redirect(this, "redirect", {
            config,
            aliases: attached(redirected),
            certificateArn: certificate,
            webAclArn: webAcl?.arn,
            responseHeadersPolicyId,
          });
    if (config.manageDns) {
      const common = { overwrite: config.overwriteDns, after: [...keyRotator.schedules, delivery, ...readable] };
      const zones = zonesOf(config, attached(domains));
      if (Object.keys(zones).length > 0) new Dns(this, "alias", { zones, distribution, ...common });
      const redirectZones = zonesOf(config, attached(redirected));
      if (redirect && Object.keys(redirectZones).length > 0)
        new Dns(this, "redirect_alias", { zones: redirectZones, distribution: redirect, ...common });
    }

    this.distributionId = distribution.id;
    this.distributionDomainName = distribution.domainName;
    this.redirectDomainName = redirect?.domainName;
    this.revocationTopicArn = revoker.topic.arn;
    this.revocationQueueUrl = revoker.queues.revocations.url;
    this.signOutQueueUrl = revoker.queues.signOuts.url;
    this.deadRevocationQueueUrl = revoker.queues.dead.url;
    this.sessionsTableName = ledger.sessions.name;
    this.revocationsTableName = ledger.revocations.name;
    this.sessionStoreArn = store.arn;
    this.siteBuckets = origins.buckets.map((bucket) => bucket.name);
    this.originAccess = origins.accessToGive(distribution.arn);
    this.originSecretName = usesOriginSecret(config) ? originSecretName(config) : undefined;
    this.secretNames = secrets.namesToFill;
    this.redirectUris = redirectUris(config);
    this.postLogoutRedirectUris = postLogoutRedirectUris(config);

    this.#distribution = distribution;
    this.#deciders = { gateArn: gate.arn, authArn: auth.qualifiedArn, redirectArn: redirect?.functionArn };
    this.node.addValidation(new ProviderCheck(TerraformStack.of(this)));
    this.node.addValidation(this.#decisionCheck((name) => name === distribution.name));
  }

  /** For a stack that has only this gateway: checks all other distributions of the stack too. */
  protectWholeStack(): void {
    this.node.addValidation(this.#decisionCheck((name) => name !== this.#distribution.name));
  }

  #decisionCheck(isChecked: (distribution: string) => boolean): DecisionCheck {
    return new DecisionCheck(TerraformStack.of(this), this.#deciders, isChecked);
  }
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
