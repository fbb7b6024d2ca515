/** What the control plane asks of the ledger: an eventually consistent read may miss the revocation that was meant. */
import { describeWithControlPlane } from "../../support/control-plane/describe";

interface Read {
  ConsistentRead?: boolean;
}

/** What a request to DynamoDB reads, a table at a time. */
function readsOf(body: string): Read[] {
  const request = JSON.parse(body) as Read & { TableName?: string; Item?: object; RequestItems?: Record<string, Read> };
  if (request.RequestItems) return Object.values(request.RequestItems).filter((items) => !Array.isArray(items));
  return request.TableName === undefined || request.Item ? [] : [request];
}

describeWithControlPlane("whatever the control plane reads of the ledger", "shared", (plane) => {
  test("it reads with strong consistency", async () => {
    const { uid, sid } = (await plane.signIn()).session;
    const by = { by: "operator:test", reason: "" };
    plane.requests.length = 0;
    const least: [number, () => Promise<unknown>][] = [
      [
        5,
        () => plane.carryOut({ operation: "revoke", command: { version: 1, target: { type: "session", sid }, ...by } }),
      ],
      [4, () => plane.carryOut({ operation: "revoke", command: { version: 1, target: { type: "user", uid }, ...by } })],
      [3, () => plane.carryOut({ operation: "sessions", email: "someone@example.com" })],
      [3, () => plane.carryOut({ operation: "sessions" })],
      [3, () => plane.carryOut({ operation: "check" })],
      [3, () => plane.carryOut({ operation: "sweep" })],
      [2, () => plane.carryOut({ operation: "tidy" })],
      [2, () => plane.rotate()],
      [65, () => plane.carryOut({ operation: "lockdown", ...by })],
    ];
    for (const [count, work] of least) {
      await work();
      const reads = plane.requests.splice(0).flatMap(readsOf);
      expect(reads.length).toBeGreaterThanOrEqual(count);
      expect(reads.filter(({ ConsistentRead }) => ConsistentRead !== true)).toEqual([]);
    }
  });
});
