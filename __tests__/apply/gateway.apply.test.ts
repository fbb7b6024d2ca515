/**
 * The whole example on the real provider, from the first `deploy` to `destroy`, in an account of its own. Each step
 * goes on where the one before it ended.
 */
import { createHmac } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { loadConfig } from "../../config/load";
import { REFRESH_COOKIE, SESSION_COOKIE } from "../../session/cookies";
import { cookieKey, tokenKey, type HmacText } from "../../session/keys";
import { encodeKeyRecord, keyRecordName } from "../../session/shard";
import type { RevocationCommand } from "../../session/revocation";
import { deployPolicies } from "../../stacks/deploy-permissions";
import { sessionKeysSecretName } from "../../stacks/names";
import { startAwsAccount, type AwsAccount } from "../support/aws-account";
import type { Browser } from "../support/browser-emulator";
import { localhostCertificate } from "../support/certificates";
import { edgegate } from "../support/cli";
import { describeWithDeployment, type Deployment } from "../support/deployment";
import { IdpEmulator } from "../support/idp/emulator";
import { notAllowed, typesOf } from "../support/iam-policies";
import { startSteps } from "../support/steps";
import { placesOf } from "../support/secret-search";
import { readToken } from "../support/session-tokens";
import { openGateway, type AppliedGateway } from "./applied-gateway";
import { together, userChanges, type ConfigChange } from "./changes";
import { STATE } from "./pipeline";
import { pipelineSteps } from "./pipeline-steps";

const EXAMPLE = loadConfig(join(__dirname, "../../config/example.ts"));
const { name, domain } = EXAMPLE;

const PEOPLE = ["alice", "bob", "carol", "dave"];

describeWithDeployment("the example, applied", (open, moto) => {
  const step = startSteps();
  const folder = mkdtempSync(join(tmpdir(), "edgegate-apply-"));
  const secrets = new Set<string>();
  const hmac: HmacText = (key, text) => createHmac("sha256", key).update(text).digest("base64url");
  let account: AwsAccount;
  let idp: IdpEmulator;
  let hostedZone: string;
  let before: string[];
  let deployment: Deployment;
  let gateway: AppliedGateway;
  let printed = "";
  const people: Record<string, Browser> = {};

  const changes = userChanges((deployment, chosen) => deployment.write("gateway.ts", config(chosen)));

  beforeAll(async () => {
    const certificate = await localhostCertificate();
    writeFileSync(join(folder, "trusted.pem"), certificate.cert);
    account = await startAwsAccount(moto, join(folder, "trusted.pem"));
    idp = await IdpEmulator.start({
      certificate,
      now: () => Math.floor(Date.now() / 1000),
      clientAuthentication: "client_secret_basic",
    });
    idp.authenticatedAt = Math.floor(Date.now() / 1000);
    hostedZone = await account.createHostedZone("example.com");
    await account.putObject(STATE.bucket, "empty", "");
    before = await account.inventory();
    deployment = open({
      name,
      config: "gateway.ts",
      environment: account.environment,
      variables: { idp_main_client_secret: idp.clientSecret!, idp_main_client_secret_version: "1" },
    });
    deployment.write("gateway.ts", config([]));
  });

  afterAll(async () => {
    deployment?.close();
    gateway?.close();
    await account?.close();
    await idp?.stop();
    rmSync(folder, { recursive: true });
  });

  step("cdktf deploy makes every resource of the stack", async () => {
    await deployment.deploy();
    const resources = await deployment.resources();
    expect(new Set(resources.map((address) => address.replace(/\[.*$/, "")))).toEqual(
      new Set(deployment.synthesized()),
    );
    expect((await account.inventory()).filter((line) => line.startsWith("cloudfront distribution"))).toHaveLength(1);
    gateway = openGateway(account, idp, {
      host: domain,
      outputs: await deployment.outputs(),
      sessionKeysSecret: sessionKeysSecretName(EXAMPLE),
    });
  });

  step("the apply makes the first session key, and puts it into the store", async () => {
    const { current, keys } = await gateway.keys();
    expect(Object.keys(keys)).toEqual([current]);
    expect(await gateway.records()).toEqual(await recordsOf(keys));
  });

  step("planned again, there is nothing to do", async () => {
    await expect(deployment.plan()).resolves.toMatchObject({ isEmpty: true, changes: [] });
  });

  step("people sign in, and the gate lets them pass", async () => {
    for (const person of PEOPLE) {
      people[person] = gateway.browser();
      await signIn(person);
      expect(await decision(person)).toBe(await passing(person));
    }
    expect(await decision("nobody")).toBe("login none");
  });

  step("the session keys rotate, and sessions go on", async () => {
    const { keys } = await gateway.rotate();
    expect(Object.keys(keys)).toHaveLength(2);
    expect(await gateway.records()).toEqual(await recordsOf(keys));
    for (const person of PEOPLE) expect(await decision(person)).toBe(await passing(person));
  });

  const revocations: [by: string, person: string, revoke: () => Promise<void>][] = [
    ["a message on the queue", "alice", () => gateway.send(command("alice"))],
    ["a message to the topic", "carol", () => gateway.publish(command("carol"))],
    ["edgegate on the command line", "dave", () => operate("revoke", "user", "dave@example.com", "--yes")],
  ];
  for (const [by, person, revoke] of revocations) {
    step(`${by} ends one user's sessions, for good, and nobody else's`, async () => {
      await revoke();
      expect(await decision(person)).toBe("login revoked");
      expect(await decision("bob")).toBe(await passing("bob"));
      // The refresh cookie is there, and the handler does not take it.
      const renewal = await people[person]!.navigate("/_gate/login?return_to=%2F");
      expect(renewal.headers["location"]?.[0]).toMatch(new RegExp(`^${idp.issuer}/authorize\\?`));
    });
  }

  step("the store is what the ledger says, also after somebody emptied it", async () => {
    await operate("store", "check");
    const records = await gateway.records();
    await gateway.emptyStore();
    expect(await decision("bob")).toBe("login key");
    await operate("store", "rebuild", "--yes");
    // The origin secret is neither a key nor a revocation: a rotation writes it.
    const { origin: lost, ...others } = records;
    expect(await gateway.records()).toEqual(others);
    const [origin] = await gateway.rotateOriginSecret();
    expect(origin).not.toBe(lost);
    expect(await gateway.records()).toEqual({ ...others, origin });
  });

  for (const { name, make, undo, plan } of changes) {
    step(`${name} changed: the plan says so, and nothing else`, async () => {
      make(deployment);
      const planned = await deployment.plan({ refresh: false });
      undo(deployment);
      expect(planned.changes).toEqual(plan);
    });
  }

  step("all of it changed and applied: the plan was exact, nothing is left to do, sessions go on", async () => {
    const handler = await gateway.authVersion();
    for (const { make } of changes) make(deployment);
    deployment.write("gateway.ts", config(["rule", "rate limit"]));
    expect((await deployment.plan({ refresh: false })).changes).toEqual(together(changes));
    await deployment.applyPlan();
    expect(await gateway.authVersion()).not.toBe(handler);
    expect(await decision("bob", "/reports/2026")).toMatch(/^deny role [\w-]{16}$/);
    expect(await decision("bob")).toBe(await passing("bob"));
    await expect(deployment.plan()).resolves.toMatchObject({ isEmpty: true });
  });

  pipelineSteps(step, {
    gateway: () => ({ name, config: EXAMPLE, account, deployment, gateway, folder: join(folder, "pipeline") }),
    changed: () => config(["rule"]),
    secrets,
  });

  step("a lockdown ends every session, and people sign in again immediately", async () => {
    await operate("lockdown", "--yes");
    expect(await decision("bob")).toBe("login key");
    // `auth_time` has whole seconds. One in the second of the lockdown may be earlier, and is refused.
    await setTimeout(1000);
    await signIn("bob");
    expect(idp.prompts.at(-1)).toBe("login");
    expect(await decision("bob")).toBe(await passing("bob"));
  });

  step("no state, plan, bundle, log or output of a command holds a secret", async () => {
    // Three master keys with the two that are derived from each, and what everybody got.
    expect(secrets.size).toBeGreaterThan(3 * 3 + PEOPLE.length);
    expect(tracesOfSecrets()).toEqual([]);
  });

  step("another base path is refused", async () => {
    const inventory = await account.inventory();
    deployment.write("gateway.ts", config(["base path"]));
    // The CLI does not always print Terraform's message; deletion-protection.terraform.test.ts reads it.
    await expect(deployment.deploy()).rejects.toThrow("failed with exit code 1");
    expect(await account.inventory()).toEqual(inventory);
  });

  step("cdktf destroy destroys nothing while the gateway is protected", async () => {
    const inventory = await account.inventory();
    await expect(deployment.destroy()).rejects.toThrow("Instance cannot be destroyed");
    expect(await account.inventory()).toEqual(inventory);
  });

  step("another base path that is meant, and no protection: deployed, and sessions go on", async () => {
    deployment.write("gateway.ts", config(["base path", "no protection"]));
    await deployment.deploy("meant");
    expect(await decision("bob")).toBe(await passing("bob"));
  });

  step("then cdktf destroy leaves nothing", async () => {
    expect((await account.inventory()).length - before.length).toBeGreaterThan(30);
    await deployment.destroy();
    expect(await deployment.resources()).toEqual([]);
    expect((await account.inventory()).filter((line) => !before.includes(line))).toEqual([]);
    expect(tracesOfSecrets()).toEqual([]);
  });

  step("the policies of edgegate permissions allow all that Terraform did, from first to last", async () => {
    const config = { ...EXAMPLE, state: STATE, deletionProtection: false };
    const policies = deployPolicies(config, typesOf(deployment.synthesized()));
    const calls = await account.calls();
    expect(calls.length).toBeGreaterThan(100);
    // Everybody may: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
    expect(notAllowed(policies, calls)).toEqual(["sts:GetCallerIdentity"]);
  });

  /** The example, with what an account needs, as a user would write it. */
  function config(chosen: readonly ConfigChange[]): string {
    const main = { issuer: idp.issuer, clientId: idp.clientId, clientAuthentication: idp.clientAuthentication };
    const changed = {
      rule: 'policy: [{ path: "/reports/**", allow: { roles: ["auditor"] } }, ...example.policy]',
      "rate limit": "waf: { rateLimits: { gateway: { limit: 500 } } }",
      "base path": 'basePath: "/_door"',
      "no protection": "deletionProtection: false",
    };
    const settings = [
      `hostedZoneId: "${hostedZone}"`,
      `identityProviders: { main: ${JSON.stringify(main)} }`,
      ...chosen.map((change) => changed[change]),
    ];
    return `import example from "./config/example";\n\nexport default { ...example, ${settings.join(", ")} };\n`;
  }

  /** What the gate notes about a person's request. */
  async function decision(person: string, path = "/staff/list"): Promise<string | undefined> {
    const token = people[person]?.jar.get(SESSION_COOKIE);
    return (await gateway.ask({ path, ...(token !== undefined && { session: token }) })).log.at(-1);
  }

  async function passing(person: string): Promise<string> {
    return `allow session ${readToken(people[person]!.jar.get(SESSION_COOKIE), await gateway.keys()).uid}`;
  }

  async function signIn(person: string): Promise<void> {
    idp.user = { sub: person, email: `${person}@example.com`, roles: ["staff"] };
    const browser = people[person]!;
    for (let tries = 1; ; tries++) {
      let answer = await browser.signIn("/staff/list");
      const [location = ""] = answer.headers["location"] ?? [];
      // After a revocation the provider has to re-authenticate the user.
      if (location.startsWith(idp.issuer))
        answer = await browser.navigate(browser.approve(location), { headers: { "Sec-Fetch-Site": "cross-site" } });
      await noteSecrets();
      if (answer.status === 302) return;
      // On a busy machine the account may be slower than the handler waits. A person tries again, too.
      if (answer.status !== 503 || tries === 3) throw new Error(`${person} got ${answer.status}\n${account.logs()}`);
    }
  }

  /** What the store holds while nobody is revoked. */
  async function recordsOf(keys: Record<string, string>): Promise<Record<string, string>> {
    const [origin] = await gateway.originSecret();
    return {
      origin,
      ...Object.fromEntries(
        Object.entries(keys).map(([kid, master]) => [keyRecordName(kid), encodeKeyRecord(tokenKey(hmac, master), [])]),
      ),
    };
  }

  function command(subject: string): RevocationCommand {
    return {
      version: 1,
      target: { type: "user", issuer: idp.issuer, subject },
      by: "operator:test",
      reason: "left the company",
    };
  }

  async function operate(...args: string[]): Promise<void> {
    const { code, stdout, stderr } = await edgegate([...args, "--config", deployment.configFile], {
      env: account.environment,
    });
    printed += stdout + stderr;
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    await noteSecrets();
  }

  /** Every secret that there is by now. */
  async function noteSecrets(): Promise<void> {
    const { keys } = await gateway.keys();
    for (const master of Object.values(keys))
      [master, cookieKey(hmac, master), tokenKey(hmac, master)].forEach((secret) => secrets.add(secret));
    const cookies = Object.values(people).flatMap(({ jar }) => [jar.get(SESSION_COOKIE), jar.get(REFRESH_COOKIE)]);
    for (const cookie of cookies) if (cookie !== undefined) secrets.add(cookie);
    for (const secret of [...idp.secretsSeen, ...(await gateway.accepted())]) secrets.add(secret);
  }

  function tracesOfSecrets(): string[] {
    return placesOf(secrets, {
      ...deployment.traces(),
      "the log of the functions": account.logs(),
      "what edgegate printed": printed,
    });
  }
});
