/** Prepares an instance for its first request, while it has all the CPU and no request is waiting. */
import { setTimeout } from "node:timers/promises";
import { seal, unseal } from "./cookies/seal";
import type { IdentityProviders } from "./oidc/identity-providers";
import { prepareCredentials, prepareProvider } from "./oidc/prepare";
import type { Ports } from "./ports";

/** Milliseconds. After a crash, the initialization takes this time from the first request. */
const TIME_LIMIT = 3_000;

/**
 * Fetches what every sign-in needs, opens connections, and runs the code once that takes the most CPU to compile. None
 * of this has to succeed: a request fetches again what failed or took too long. Values are cached no longer than those
 * that a request fetches.
 *
 * Never rejects.
 */
export async function initializeInstance(ports: Ports, providers: IdentityProviders): Promise<void> {
  const timer = new AbortController();
  await Promise.race([prepareAll(ports, providers), setTimeout(TIME_LIMIT, undefined, { signal: timer.signal })]).catch(
    () => undefined,
  );
  timer.abort();
}

async function prepareAll(ports: Ports, providers: IdentityProviders): Promise<void> {
  ports.ledger.prepare();
  const { identityProviders } = await ports.settings();
  await Promise.allSettled([
    rehearse(ports),
    ...Object.entries(identityProviders).flatMap(([id, provider]) => [
      prepareProvider(providers, provider),
      prepareCredentials(ports, id, provider),
    ]),
  ]);
}

/** Encrypts, decrypts and reads the ledger without a real user, to compile this code. */
async function rehearse(ports: Ports): Promise<void> {
  const nobody = { uid: "A".repeat(16), sid: "A".repeat(16) };
  await Promise.all([
    seal(ports, "edgegate-flow", nobody).then((sealed) => unseal(ports, "edgegate-flow", sealed)),
    ports.ledger.status(nobody),
  ]);
}
