/** The shipped revoker sets the retention of the log groups that replicas made, with the real SDK, region by region. */
import { startLogsEmulator, type LogsEmulator } from "../../support/cloudwatch-logs";
import type { ControlPlane } from "../../support/control-plane/bundles";
import { describeWithControlPlane } from "../../support/control-plane/describe";

const AUTH = "/aws/lambda/us-east-1.example-auth";
const SITE = "/aws/lambda/us-east-1.example-site";
const ALIEN = "/aws/lambda/us-east-1.example-auth-of-others";

describeWithControlPlane("the retention of replicas' logs", "shared", (_, startOther) => {
  let logs: LogsEmulator;
  let plane: ControlPlane;
  beforeAll(async () => {
    logs = await startLogsEmulator();
    plane = await startOther({
      revoker: {
        AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: logs.endpoint,
        REPLICA_LOG_GROUPS: `${AUTH},${SITE}`,
        LOG_RETENTION_DAYS: "30",
      },
    });
  });
  afterAll(async () => {
    await plane?.close();
    await logs?.close();
  });

  test("is the config's after a sweep, where there are some; what a region lacks or refuses is left out", async () => {
    for (const region of ["us-east-1", "eu-west-1", "ap-south-1", "sa-east-1"])
      for (const name of [AUTH, ALIEN]) logs.group(name, region);
    logs.group(SITE, "eu-west-1");
    logs.retention.set(`eu-west-1 ${AUTH}`, 3653);
    logs.errors.set("ap-south-1", { name: "AccessDeniedException", status: 400 });
    logs.errors.set("ap-northeast-3", { name: "UnrecognizedClientException", status: 400 });
    expect(await plane.carryOut({ operation: "sweep" })).toMatchObject({
      logGroups: 3,
      logGroupsRefused: 2,
      logGroupsFailed: 0,
    });
    expect(Object.fromEntries(logs.retention)).toEqual({
      [`eu-west-1 ${AUTH}`]: 30,
      [`eu-west-1 ${SITE}`]: 30,
      [`sa-east-1 ${AUTH}`]: 30,
    });
    expect(plane.logs()).not.toContain("retention_failed");
  });

  test("does not hold up a sweep for long, or fail it, if a region is broken and another one silent", async () => {
    logs.errors.clear();
    logs.errors.set("eu-west-1", { name: "ServiceUnavailableException", status: 503 });
    logs.silent.add("sa-east-1");
    const begun = performance.now();
    const answer = await plane.carryOut({ operation: "sweep" });
    expect(performance.now() - begun).toBeLessThan(15_000);
    expect(answer).toMatchObject({ rotates: false, logGroups: 1, logGroupsRefused: 0, logGroupsFailed: 4 });
    expect(logs.retention.get(`ap-south-1 ${AUTH}`)).toBe(30);
    const lines = plane
      .logs()
      .split("\n")
      .filter((line) => line.includes("retention_failed"))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.map(({ region, logGroup, detail }) => [region, logGroup, detail]).sort()).toEqual([
      ["eu-west-1", AUTH, "ServiceUnavailableException"],
      ["eu-west-1", SITE, "ServiceUnavailableException"],
      ["sa-east-1", AUTH, expect.stringMatching(/^(AbortError|TimeoutError)$/)],
      ["sa-east-1", SITE, expect.stringMatching(/^(AbortError|TimeoutError)$/)],
    ]);
  });
});
