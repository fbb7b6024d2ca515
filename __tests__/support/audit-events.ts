/**
 * Every line that a bundle logs in a test becomes an audit event that fits the schema, with nothing left out. The
 * fixtures that run the bundles check it for each of their tests.
 */
import { auditEvent, type EventSource } from "../../audit/event";
import { eventOf, recordOf } from "../../audit/from-line";

/**
 * What no event may hold: JSON Web Tokens (by their dot, because a random ID may begin like one) and the gateway's tokens,
 * PEM keys, cookies and queries.
 */
const SECRETS = /eyJ[\w-]{8,}\.[\w-]|-----BEGIN|__Host-|__Secure-|\bBearer |[?&](code|state|token)=/;

/** @throws Error that quotes the lines that do not fit */
export function expectAuditEvents(source: EventSource, logs: string): void {
  const wrong = logs.split("\n").flatMap((line) => {
    const record = recordOf(line);
    if (!record) return [];
    const origin = { id: "test", gateway: "test", source, region: "us-east-1", loggedAt: 1_700_000_000_000 };
    const { event, misfits } = eventOf(origin, record);
    const { success, error } = auditEvent.safeParse(event);
    const text = JSON.stringify(event);
    // What a line says must be found in its event: nothing is lost on the way to the archive.
    const lost = Object.entries(record).filter(([, value]) => value !== null && !text.includes(JSON.stringify(value)));
    const problems = [
      ...misfits.map((name) => `${name} does not have its form`),
      ...(success ? [] : [error.message]),
      ...(SECRETS.test(text) ? ["it looks like a secret"] : []),
      // Only operations have figures.
      ...(["auth", "bearer", "site"].includes(source) ? Object.keys(event.facts ?? {}) : []).map(
        (name) => `${name} has no member of its own`,
      ),
      ...lost.map(([name]) => `${name} is lost`),
      ...(["event", "outcome"] as const)
        .filter((name) => event[name] === "unknown" && !Object.values(record).includes("unknown"))
        .map((name) => `no ${name}`),
    ];
    return problems.length === 0 ? [] : [`${line}: ${problems.join(", ")}`];
  });
  if (wrong.length > 0) throw new Error(`lines that are no audit events:\n${wrong.join("\n")}`);
}
