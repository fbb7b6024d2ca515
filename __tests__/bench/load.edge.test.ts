/**
 * The local edge under mixed traffic, as `edgegate bench load` sends it for a minute, but by number: so many requests at a
 * time, however long they take.
 */
import { startLoadEdge, type LoadEdge } from "../../bench/load/edge";
import { applyLoad, type Loaded } from "../../bench/load/run";
import { TRAFFIC_KINDS } from "../../bench/load/traffic";
import { lambdaNode } from "../support/tools";

const REQUESTS = 5000;

describe("5,000 requests of every kind, 64 at a time", () => {
  let edge: LoadEdge;
  let loaded: Loaded;

  beforeAll(async () => {
    edge = await startLoadEdge(lambdaNode());
    loaded = await applyLoad({ edge, seed: 13, arrival: { atATime: 64, requests: REQUESTS } });
  });
  afterAll(() => edge?.close());

  test("every decision is the one of the reference", () => {
    expect(loaded.wrong).toEqual([]);
    expect(loaded.wrongCount).toBe(0);
    expect(loaded.requests).toBe(REQUESTS);
  });

  test("there were all kinds of requests, and all kinds of decisions", () => {
    expect(Object.keys(loaded.kinds).sort()).toEqual([...TRAFFIC_KINDS].sort());
    expect(Object.keys(loaded.decisions).sort()).toEqual([
      "allow public",
      "allow session",
      "answer preflight",
      "deny host",
      "deny path",
      "deny role",
      "deny rule",
      "deny size",
      "login JWT",
      "login expired",
      "login form",
      "login mac",
      "login none",
      "login revoked",
      "login several",
      "login step-up",
    ]);
    for (const decision of ["allow public", "allow session", "deny role", "login none"])
      expect(loaded.decisions[decision]).toBeGreaterThan(REQUESTS / 50);
  });

  test("sessions were revoked meanwhile, and refused from then on", () => {
    expect(loaded.ofRevoked.refused).toBeGreaterThan(5);
  });
});
