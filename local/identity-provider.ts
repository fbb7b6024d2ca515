/**
 * Starts the local identity provider: `oidc-provider` in a separate process, with three users and pages that look like
 * another company's. The process ends with its parent.
 */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { nodeArguments } from "./typescript";
import type { User } from "./users";

/** A TypeScript file in a checkout, JavaScript in the package. */
const PROCESS = require.resolve("./identity-provider-process");

interface Client {
  id: string;
  /** Absent for a public client. */
  secret?: string;
  authentication: "none" | "client_secret_basic" | "client_secret_post" | "private_key_jwt";
  /** Where the client publishes its keys, for `private_key_jwt`. */
  jwksUri?: string;
  /** Accepts authorization requests only through the endpoint for pushed ones (RFC 9126). */
  requiresPushedRequests?: boolean;
  redirectUris: string[];
  postLogoutRedirectUris: string[];
  /** By user ID. */
  claims: Record<string, Record<string, unknown>>;
  /** Receives a logout token for each session that ends. */
  backchannelLogoutUri: string;
}

export interface IdentityProviderOptions {
  /** PEM. */
  key: string;
  cert: string;
  /** Path of the gateway's certificate (PEM), for back-channel logout. */
  caFile: string;
  clients: Client[];
  users: User[];
  /** Names of other claims; every user gets a made-up value. */
  claims: string[];
  /** APIs for which it gives out access tokens (RFC 8707): URL to scopes. */
  resources?: Record<string, string[]>;
  /** A client that gets access tokens for itself (RFC 6749 section 4.4). */
  program?: Program | undefined;
}

export interface Program {
  id: string;
  secret: string;
  /** Origins whose pages may request tokens for it. */
  origins: string[];
}

export interface IdentityProvider {
  /** `https://localhost:<port>` */
  issuer: string;
  /** Changes the claims of a client's users, as an administrator would. Renewals get the changes, too. */
  setClaims(clientId: string, claims: Client["claims"]): Promise<void>;
  /** Replaces all clients and users. Signed-in users stay signed in. */
  register(registered: Registered): Promise<void>;
  /** The process's output. */
  logs(): string;
  close(): Promise<void>;
}

/** The message that the process sends when it listens. */
export interface Listening {
  issuer: string;
}

/** A message that it accepts after that, and sends back when it is done. */
export type ClaimsChange = Pick<Client, "id" | "claims">;
/** The other kind of message. */
export type Registered = Pick<IdentityProviderOptions, "clients" | "users" | "claims" | "resources" | "program">;

/** @throws Error with what the process wrote, if it does not start */
export async function startIdentityProvider(options: IdentityProviderOptions): Promise<IdentityProvider> {
  const child = spawn(
    process.execPath,
    ["--require", join(__dirname, "localhost-names.js"), ...nodeArguments(PROCESS), PROCESS],
    {
      // Node reads this when it starts, so it cannot come with the other options.
      env: { ...process.env, NODE_EXTRA_CA_CERTS: options.caFile },
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    },
  );
  let logs = "";
  child.stdout?.on("data", (chunk: Buffer) => (logs += chunk.toString()));
  child.stderr?.on("data", (chunk: Buffer) => (logs += chunk.toString()));
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const issuer = await new Promise<string>((resolve, reject) => {
    child.once("error", reject);
    child.once("message", (message: Listening) => resolve(message.issuer));
    void ended.then(() => reject(new Error(`the local identity provider did not start:\n${logs}`)));
    child.send(options);
  });
  const change = (message: ClaimsChange | Registered) =>
    new Promise<void>((resolve) => {
      child.once("message", () => resolve());
      child.send(message);
    });
  return {
    issuer,
    setClaims: (id, claims) => change({ id, claims }),
    register: change,
    logs: () => logs,
    close: () => {
      child.kill("SIGKILL");
      return ended;
    },
  };
}
