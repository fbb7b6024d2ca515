/** What is explained about rules with conditions is what the gate does. */
import { functionEvent } from "../../local/cloudfront-events";
import { runGate } from "../../local/gate-sandbox";
import { explainRequest, type Decision } from "../../policy/explain";
import type { PolicyRule } from "../../policy/rule";
import { SESSION_COOKIE } from "../../session/cookies";
import { sourceWithConditions } from "../functions/gate/conditions";
import { NOW, storeWith, token } from "../functions/gate/sessions";
import { seeded } from "../support/generated-policies";
import { generatedAllow, PATTERN } from "./people/generated-conditions";
import { generatedVisitor } from "./people/visitors";

const HOST = "app.example.com";
const REQUESTS = 1_000;
const LONG_AGO = 100_000;

function logOf(decision: Decision): string {
  if (decision.is === "allowed") return `allow ${decision.as}`;
  if (decision.is === "sign-in") return "login none";
  if (decision.is === "step-up") return "login step-up";
  return `deny ${decision.why === "nobody" || decision.why === "request" ? "rule" : decision.why}`;
}

test("each condition, for all kinds of people and requests", async () => {
  const next = seeded(29);
  const rules = Array.from({ length: 60 }, (_, i): PolicyRule => ({
    path: PATTERN.replace("/p/", `/k${i}/`),
    allow: generatedAllow(next),
  }));
  const source = sourceWithConditions(rules);
  const policy = { rules, hosts: [HOST], basePath: "/_gate" };
  const seen = new Map<string, number>();
  for (let round = 0; round < REQUESTS; round++) {
    const { session, address, country } = generatedVisitor(next);
    const [user, other] = [next(3), next(3)].map((i) => ["x", "y", "other"][i]!);
    const path = `/k${next(rules.length)}/${user}/${other}`;
    const age = session?.age ?? LONG_AGO;
    const cookie = session && {
      ...{ uid: session.uid, idp: session.idp, roles: [...session.roles], email: session.email ?? "" },
      ...{ strength: session.acr ?? "", authTime: NOW - age },
      claims: Object.fromEntries(Object.entries(session.claims).map(([name, values]) => [name, [...values]])),
    };
    const event = functionEvent({
      ...{ id: "id", method: "GET", path, query: undefined, body: Buffer.alloc(0), clientIp: address },
      headers: [
        ["Host", HOST],
        ...(country === undefined ? [] : [["CloudFront-Viewer-Country", country] as [string, string]]),
        ...(cookie ? [["Cookie", `${SESSION_COOKIE}=${token(cookie)}`] as [string, string]] : []),
      ],
    });
    const { log } = await runGate(source, event, { records: storeWith() });
    const at = Date.now() / 1000;
    const request = { host: HOST, method: "GET", path, reading: "plain" as const, address, country, at };
    // Some time has passed since the token was made.
    const person = session && { ...session, authAge: age + at - NOW };
    const explained = explainRequest(policy, request, person);
    const said = log.join().split(" ").slice(0, 2).join(" ");
    expect({ path, rule: rules[Number(/\d+/.exec(path))], person, address, country, said }).toMatchObject({
      said: logOf(explained.decision),
    });
    const isLacking = !["allow public", "allow session"].includes(said);
    // Whoever does not pass lacks something of each alternative.
    for (const lacks of explained.lacks ?? []) expect(lacks.length).toBeGreaterThan(0);
    if (!isLacking) expect(explained.lacks).toBeUndefined();
    seen.set(said, (seen.get(said) ?? 0) + 1);
  }
  for (const said of ["allow public", "allow session", "login none", "login step-up", "deny rule", "deny role"])
    expect([said, (seen.get(said) ?? 0) > 10]).toEqual([said, true]);
});
