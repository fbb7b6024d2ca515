/**
 * A gateway as its users meet it while its keys rotate: the shipped gate at two edges, one of which sees the store as
 * it was a minute ago, and the shipped handler in two processes, whose caches expire at different times. Behind them
 * the shipped control plane.
 */
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildHandlerZip } from "../../../build/handler";
import { startAwsEmulator } from "../../../local/aws-emulator";
import { ENGINES } from "../../../local/engines";
import { startLambda } from "../../../local/lambda";
import { SESSION_COOKIE } from "../../../session/cookies";
import { settingsParameterName, type AuthParameter } from "../../../session/settings";
import { decodePayload, splitToken, type Session } from "../../../session/token";
import { startAwsProxy } from "./aws-proxy";
import { createBrowser } from "../browser-emulator";
import { localhostCertificate } from "../certificates";
import { readEdgeResponse, viewerRequestEvent, type EdgeResponse, type ViewerRequest } from "../cloudfront-event";
import { startControlPlane, type ControlPlane } from "./bundles";
import { SESSION_SECONDS, TOKEN_SECONDS } from "./lifetimes";
import { eventOf } from "../../functions/gate/case";
import { gateSource } from "../door";
import { IdpEmulator } from "../idp/emulator";
import { findTool, lambdaNode } from "../tools";

const FUNCTION_NAME = "example-auth";
/** Seconds by which the second edge is late. */
const PROPAGATION = 60;
/** Every so manieth decision is njs's, where it is installed. */
const NJS_EACH = 20;
const RETURN_PATH = "/wiki/page";

/** What came of a user's visit. */
export type Visit = "allowed" | "renewed" | "signed out" | `failed: ${string}`;

export interface Visitor {
  session(): Session;
  /** The key id of the token in hand. */
  kid(): string;
  /** Asks for a page, and renews an expired session on the way, as browsers do. */
  visit(): Promise<Visit>;
  /** What scripts ask: `me`, and `refresh`, which renews. @returns the status */
  me(): Promise<number>;
  refresh(): Promise<number>;
}

export interface RotatingGateway {
  plane: ControlPlane;
  /** @param always the handler that this visitor meets; in turn one and the other where absent */
  signIn(subject: string, always?: 0 | 1): Promise<Visitor>;
  /** What the gate says to a token: at each edge. */
  decide(token: string): Promise<string[]>;
  /** Lets time pass. */
  advance(seconds: number): void;
  close(): Promise<void>;
}

/** @param moto endpoint of moto's server */
export async function startRotatingGateway(moto: string): Promise<RotatingGateway> {
  const folder = mkdtempSync(join(tmpdir(), "edgegate-rotating-"));
  const certificate = await localhostCertificate();
  const plane = await startControlPlane(moto);
  const { clock, store } = plane;
  const [aws, secretsManager, idp] = await Promise.all([
    startAwsEmulator(),
    startAwsProxy(moto, readByLabel),
    IdpEmulator.start({ certificate, now: clock.now }),
  ]);
  idp.remembersUsers = true;
  aws.parameters.set(settingsParameterName(FUNCTION_NAME), JSON.stringify(settingsFor(plane, idp)));
  const [zip, trusted] = [join(folder, "auth.zip"), join(folder, "trusted.pem")];
  writeFileSync(zip, buildHandlerZip("edge-handlers/auth/cloudfront.ts"));
  writeFileSync(trusted, certificate.cert);
  const env = {
    ...clock.env,
    AWS_ENDPOINT_URL: aws.endpoint,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secretsManager.endpoint,
    AWS_ENDPOINT_URL_DYNAMODB: moto,
    NODE_EXTRA_CA_CERTS: trusted,
  };
  const handlers = await Promise.all(
    [1, 2].map(() => startLambda({ zip, functionName: FUNCTION_NAME, node: lambdaNode(), env })),
  );

  const gate = gateSource();
  const hasNjs = findTool("njs") !== undefined;
  /** What the store held, oldest first. */
  let history = [{ at: clock.now(), records: store.records }];
  const edges = [
    () => store.records,
    () => history.findLast(({ at }) => at <= clock.now() - PROPAGATION)?.records ?? history[0]!.records,
  ];
  let decisions = 0;
  async function decideAt(edge: number, token: string): Promise<string> {
    // The one is a process for each request, the other is not.
    const runGate = ENGINES[hasNjs && decisions++ % NJS_EACH === 0 ? "njs" : "sandbox"];
    return (
      await runGate(`Date.now=function(){return ${clock.now() * 1000}};${gate}`, eventOf({ session: token }), {
        records: edges[edge]!(),
      })
    ).log[0]!;
  }

  async function signIn(always: number | undefined): Promise<Visitor> {
    let turn = 0;
    async function invoke(request: Omit<ViewerRequest, "requestId">): Promise<EdgeResponse> {
      const numbered = { ...request, requestId: `${randomBytes(20).toString("base64url")}==` };
      return readEdgeResponse(
        await handlers[always ?? turn++ % handlers.length]!.invoke(viewerRequestEvent(numbered)),
        numbered,
      );
    }
    const browser = createBrowser({ invoke, now: clock.now, authorize: (url) => idp.authorize(url) });
    await browser.signIn(RETURN_PATH);
    const token = () => browser.jar.get(SESSION_COOKIE) ?? "";
    const session = () => decodePayload(splitToken(token())!.payload);
    const ask = () => decideAt(turn++ % edges.length, token());
    const refresh = async () => (await browser.fetch("/_gate/refresh", { method: "POST" })).status;
    const allows = (said: string) => said === `allow session ${session().uid}`;
    return {
      session,
      kid: () => splitToken(token())!.kid,
      async visit() {
        const said = await ask();
        if (allows(said)) return "allowed";
        if (said !== "login expired" && said !== "login revoked" && said !== "login outdated") return `failed: ${said}`;
        const { status, headers } = await browser.navigate(`/_gate/login?return_to=${encodeURIComponent(RETURN_PATH)}`);
        const location = headers["location"]?.[0] ?? "";
        if (status === 302 && location.startsWith(idp.issuer)) return "signed out";
        if (status !== 302 || location !== RETURN_PATH) return `failed: ${said}, then login ${status}`;
        const then = await ask();
        return allows(then) ? "renewed" : `failed: renewed, then ${then}`;
      },
      async me() {
        const { status } = await browser.fetch("/_gate/me");
        // The token's time may be up since the visit, by a second. Scripts renew it then, and ask again.
        return status === 401 && session().expiresAt <= clock.now() && (await refresh()) === 200
          ? (await browser.fetch("/_gate/me")).status
          : status;
      },
      refresh,
    };
  }

  return {
    plane,
    signIn(subject, always) {
      idp.user = { sub: subject, email: `${subject}@example.com`, roles: ["staff"] };
      return signIn(always);
    },
    decide: (token) => Promise.all(edges.map((_, edge) => decideAt(edge, token))),
    advance(seconds) {
      history = [...history, { at: clock.now(), records: store.records }].slice(-20);
      clock.advance(seconds);
    },
    async close() {
      await Promise.all(handlers.map((handler) => handler.close()));
      await Promise.all([aws.close(), secretsManager.close(), idp.stop(), plane.close()]);
      rmSync(folder, { recursive: true });
    },
  };
}

/** moto gives the version that was put last, AWS the one with AWSCURRENT. */
function readByLabel(body: string): string {
  return JSON.stringify({ VersionStage: "AWSCURRENT", ...(JSON.parse(body) as object) });
}

function settingsFor(
  { secretName, ledger: { sessionsTable, revocationsTable } }: ControlPlane,
  idp: IdpEmulator,
): AuthParameter {
  return {
    version: 1,
    basePath: "/_gate",
    hosts: ["app.example.com"],
    session: { absolute: SESSION_SECONDS, idle: 3600, token: TOKEN_SECONDS },
    identityProviders: {
      main: {
        label: "Main",
        issuer: idp.issuer,
        clientId: idp.clientId,
        clientAuthentication: "none",
        scopes: ["openid", "email", "offline_access"],
        roles: { grant: ["staff"] },
      },
    },
    eventTransmitters: {},
    onReuse: "revoke-session",
    claims: [],
    theme: { productName: "Example", accentColor: "#2456c7" },
    aws: {
      sessionKeysSecret: secretName,
      clientSecretPrefix: "example/client-secret/",
      sessionsTable,
      revocationsTable,
      revocationQueue: "example-revocations",
      signOutQueue: "example-sign-outs",
    },
  };
}
