import { TerraformStack } from "cdktf";
import { Construct } from "constructs";
import type { Artifacts } from "../build/artifacts";
import { usesApi } from "../config/api-checks";
import { usesOriginSecret } from "../config/origins/protection";
import type { Config } from "../config/schema";
import { apiGateSettings, resourceSettings } from "./api-settings";
import { Alarms } from "./alarms";
import { AuditArchive } from "./audit-archive";
import {
  authBehavior,
  authBehaviorForModule,
  gateAssociation,
  gateAssociationForModule,
  type AuthBehavior,
  type FunctionAssociation,
  type Protection,
} from "./associations";
import { authPermissions } from "./auth-permissions";
import { DecisionCheck, type Deciders } from "./decision-check";
import { Dashboard } from "./dashboard";
import { EdgeFunction } from "./edge-function";
import { postLogoutRedirectUris, redirectUris } from "./endpoint-urls";
import { FixedSettings } from "./fixed-settings";
import { Gate } from "./gate";
import { identityStacks } from "./identity/identity-stacks";
import { KeyRotator } from "./key-rotator";
import { Ledger } from "./ledger";
import { BearerHandler } from "./bearer-handler";
import { assertionKeysName, authFunctionName, originSecretName } from "./names";
import { ProviderCheck } from "./provider-check";
import { ResponseHeaders } from "./response-headers";
import { Revoker } from "./revoker";
import { attachedDelivery } from "./delivery/attached-delivery";
import { managedDelivery } from "./delivery/managed-delivery";
import type { PoliciesToChoose } from "./delivery/delivery";
import { SavedQueries } from "./saved-queries";
import { Secrets } from "./secrets";
import { SessionStore } from "./session-store";
import { StoreAccess } from "./store-access";
import { storePolicyOf } from "./stored-policy";
import { authSettings } from "./settings";

export interface GatewayProps {
  config: Config;
  artifacts: Artifacts;
}

/** Everything that one config deploys. Provider and backend come from the surrounding stack. */
export class Gateway extends Construct {
  /** Undefined if the distribution is an existing one and the config does not name it. */
  readonly distributionId: string | undefined;
  /** Where the DNS records of the domains point; undefined if the distribution is an existing one. */
  readonly distributionDomainName: string | undefined;
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
  /** Name of the secret with which servers verify assertions; undefined if there are none. */
  readonly assertionKeysName: string | undefined;
  /** Names of the buckets that the gateway made for the files of S3 origins. */
  readonly siteBuckets: readonly string[];
  /** Name of the bucket with the archive of audit events; undefined if there is none. */
  readonly auditBucket: string | undefined;
  /** Names of the secrets that need a value. */
  readonly secretNames: readonly string[];
  /** By identity provider: the redirect URIs to register there. */
  readonly redirectUris: Readonly<Record<string, readonly string[]>>;
  /** The post-logout redirect URIs to register at each identity provider. */
  readonly postLogoutRedirectUris: readonly string[];
  /** For every behavior of an existing distribution, but {@link authBehavior}. */
  readonly functionAssociation: FunctionAssociation;
  /** For the behaviors of an existing distribution; undefined if the distribution is the gateway's. */
  readonly policies: PoliciesToChoose | undefined;
  readonly #protection: Protection;
  /** Name of the gateway's own distribution in the stack. */
  readonly #distribution: string | undefined;
  readonly #deciders: Deciders;

  constructor(scope: Construct, id: string, { config, artifacts }: GatewayProps) {
    super(scope, id);
    new FixedSettings(this, "fixed_settings", config);
    const store = new SessionStore(this, "session_store", config);
    const gate = new Gate(this, "gate", { config, artifacts, store });
    const made = identityStacks(this, config);
    const resources = resourceSettings(config, made);
    const secrets = new Secrets(this, "secret", config);
    const auth = new EdgeFunction(this, "auth", {
      functionName: authFunctionName(config),
      description: `Signs people in to ${config.name}`,
      zip: artifacts.auth,
      settings: { ...authSettings(config, made), ...(resources && { resources }) },
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
      assertionKeys: secrets.assertion,
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

    const apiGate = usesApi(config)
      ? new Gate(this, "api_gate", { config, artifacts, store, api: apiGateSettings(config, made) })
      : undefined;
    storePolicyOf(this, apiGate ? [gate, apiGate] : [gate], { revokerName: revoker.functionName, store });
    const api = apiGate
      ? {
          gateArn: apiGate.arn,
          bearerArn: new BearerHandler(this, "bearer", { config, zip: artifacts.bearer, made }).qualifiedArn,
        }
      : undefined;

    const responseHeaders = new ResponseHeaders(this, "security_headers", config);
    this.#protection = {
      basePath: config.basePath,
      gateArn: gate.arn,
      authArn: auth.qualifiedArn,
      ...(api && { api }),
      responseHeadersPolicyId: responseHeaders.id,
    };
    const around = { config, artifacts, protection: this.#protection, responseHeaders, before: keyRotator.schedules };
    const { origin } = config;
    const delivery = origin ? managedDelivery(this, { ...around, origin }) : attachedDelivery(this, around);
    const { distributionId, logs } = delivery;
    const storeAccess = config.storeAccessAlarm ? new StoreAccess(this, "store_access", { config, store }) : undefined;
    const archive = config.audit
      ? new AuditArchive(this, "audit", { config, zip: artifacts.archiver, hasAccessLog: logs.access !== undefined })
      : undefined;
    const alarms = new Alarms(this, "alarm", {
      config,
      distributionId,
      logs: { access: logs.access, revoker: revoker.logGroupName, storeAccess: storeAccess?.logGroupName },
    });
    new SavedQueries(this, "query", {
      config,
      logs: {
        access: logs.access,
        webAcl: logs.webAcl,
        revocations: revoker.logGroupNames,
        storeAccess: storeAccess?.logGroupName,
      },
    });
    if (config.dashboard)
      new Dashboard(this, "dashboard", {
        config,
        distributionId,
        alarmArns: alarms.arns,
        hasAccessLog: logs.access !== undefined,
        hasWebAcl: logs.webAcl !== undefined,
      });

    this.distributionId = distributionId;
    this.distributionDomainName = delivery.distribution?.domainName;
    this.redirectDomainName = delivery.redirect?.domainName;
    this.revocationTopicArn = revoker.topic.arn;
    this.revocationQueueUrl = revoker.queues.revocations.url;
    this.signOutQueueUrl = revoker.queues.signOuts.url;
    this.deadRevocationQueueUrl = revoker.queues.dead.url;
    this.sessionsTableName = ledger.sessions.name;
    this.revocationsTableName = ledger.revocations.name;
    this.sessionStoreArn = store.arn;
    this.siteBuckets = delivery.siteBuckets;
    this.auditBucket = archive?.bucketName;
    this.originAccess = delivery.originAccess;
    this.functionAssociation = gateAssociation(this.#protection);
    this.policies = delivery.policies;
    this.originSecretName = usesOriginSecret(config) ? originSecretName(config) : undefined;
    this.assertionKeysName = config.assertion && assertionKeysName(config);
    this.secretNames = secrets.namesToFill;
    this.redirectUris = redirectUris(config);
    this.postLogoutRedirectUris = postLogoutRedirectUris(config);

    this.#distribution = delivery.distribution?.name;
    this.#deciders = {
      gateArn: gate.arn,
      authArn: auth.qualifiedArn,
      redirectArn: delivery.redirect?.functionArn,
      api,
    };
    this.node.addValidation(new ProviderCheck(TerraformStack.of(this)));
    this.node.addValidation(this.#decisionCheck((name, usesGateway) => name === this.#distribution || usesGateway));
  }

  /**
   * The behavior of the gateway's endpoints, for an existing distribution: the first of its `orderedCacheBehavior`, so
   * that no other one matches these paths.
   *
   * @param targetOriginId of any single origin: CloudFront requires one, but no request reaches it. A group takes no POST
   */
  authBehavior(targetOriginId: string): AuthBehavior & { targetOriginId: string } {
    return { ...authBehavior(this.#protection), targetOriginId };
  }

  /** The same for HCL, for outputs. */
  forModules(): { functionAssociation: object; authBehavior: object } {
    return {
      functionAssociation: gateAssociationForModule(this.#protection),
      authBehavior: authBehaviorForModule(this.#protection),
    };
  }

  /** For a stack that has only this gateway: checks all other distributions of the stack too. */
  protectWholeStack(): void {
    this.node.addValidation(this.#decisionCheck((name, usesGateway) => name !== this.#distribution && !usesGateway));
  }

  #decisionCheck(isChecked: (distribution: string, usesGateway: boolean) => boolean): DecisionCheck {
    return new DecisionCheck(TerraformStack.of(this), this.#deciders, isChecked);
  }
}
