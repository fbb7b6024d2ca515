/** A policy that is too large for the gate's source, on the local edge: the shipped function writes it into the store. */
import { readFileSync } from "node:fs";
import { configSchema } from "../../config/schema";
import { signIn } from "../../local/check";
import { HttpClient } from "../../local/http-client";
import type { LocalEdge } from "../../local/local-edge";
import type { PolicyRule } from "../../policy/rule";
import { startTestEdge, TEST_CONFIG } from "../support/local-edge";

/** Too many for the gate's source. */
const MANY = Array.from({ length: 400 }, (_, i): PolicyRule => ({
  path: `/staff/${i}/**`,
  allow: { roles: ["admin"] },
}));
const configWith = (rules: PolicyRule[]) =>
  configSchema.parse({ ...TEST_CONFIG, policy: [...rules, ...TEST_CONFIG.policy] });

describe("a policy in the store", () => {
  let edge: LocalEdge;
  let browser: HttpClient;
  const statusOf = async (path: string) => (await browser.fetch("GET", `${edge.url}${path}`)).status;
  const generations = () =>
    new Set(Object.keys(edge.store.records).flatMap((name) => /^policy\.(.{10})\./.exec(name)?.[1] ?? []));

  beforeAll(async () => {
    edge = await startTestEdge({ config: configWith(MANY) });
    browser = new HttpClient(readFileSync(edge.caFile, "utf8"));
    await signIn(browser, `${edge.url}/staff`, edge.users[1]!);
  });
  afterAll(async () => {
    await edge?.close();
  });

  test("decides", async () => {
    expect(await Promise.all(["/public/x", "/staff/x", "/staff/399/x", "/admin"].map(statusOf))).toEqual([
      200, 200, 403, 403,
    ]);
  });

  test("is changed without a request that fails, and stays for those who still have the gate before", async () => {
    const changed = edge.update(configWith(MANY.slice(1)));
    const statuses = new Set<number>();
    let isDone = false;
    void changed.finally(() => (isDone = true));
    while (!isDone) statuses.add(await statusOf("/staff/x"));
    await changed;
    expect([...statuses]).toEqual([200]);
    expect(await statusOf("/staff/0/x")).toBe(200);
    expect(generations().size).toBe(2);
  });
});
