/** The daily sweep gives the log groups that replicas made the config's retention. */
import { REPLICA_REGIONS } from "../../../cloudfront/replica-regions";
import { OperationError } from "../../../control-plane/errors";
import { sweep } from "../../../control-plane/revoker/sweep";
import { gatewayInMemory } from "../../support/control-plane/gateway";
import { LOG_GROUPS, LOG_RETENTION_DAYS } from "../../support/control-plane/memory";

const [AUTH, SITE] = LOG_GROUPS as [string, string];
const ABROAD = REPLICA_REGIONS.filter((region) => region !== "us-east-1");

test("in every region that has them, and in no other", async () => {
  const gateway = gatewayInMemory();
  gateway.replicaLogs.set(`eu-central-1 ${AUTH}`, undefined);
  gateway.replicaLogs.set(`eu-central-1 ${SITE}`, 3653);
  gateway.replicaLogs.set(`sa-east-1 ${AUTH}`, LOG_RETENTION_DAYS);
  gateway.replicaLogs.set("sa-east-1 /aws/lambda/us-east-1.example-auth-of-others", undefined);
  const { ports, logs } = gateway.instance();
  for (const time of ["first", "again"]) {
    const answer = await gateway.time.run(sweep(ports));
    expect([time, answer]).toEqual([
      time,
      expect.objectContaining({ logGroups: 3, logGroupsRefused: 0, logGroupsFailed: 0 }),
    ]);
    expect(Object.fromEntries(gateway.replicaLogs)).toEqual({
      [`eu-central-1 ${AUTH}`]: LOG_RETENTION_DAYS,
      [`eu-central-1 ${SITE}`]: LOG_RETENTION_DAYS,
      [`sa-east-1 ${AUTH}`]: LOG_RETENTION_DAYS,
      "sa-east-1 /aws/lambda/us-east-1.example-auth-of-others": undefined,
    });
  }
  expect(logs).toEqual([]);
});

test("in every region that can run replicas but Terraform's own, after everything else", async () => {
  const gateway = gatewayInMemory();
  const { ports, calls } = gateway.instance();
  await gateway.time.run(sweep(ports));
  const others = calls.findLastIndex((call) => !call.startsWith("logs."));
  const asked = calls.filter((call) => call.startsWith("logs."));
  expect(calls.slice(others + 1)).toEqual(asked);
  expect(asked.sort()).toEqual(ABROAD.flatMap((region) => LOG_GROUPS.map(() => `logs.setRetention ${region}`)).sort());
});

test("in the other regions, while one refuses and another one fails; only the failure has log lines, without AWS's text", async () => {
  const gateway = gatewayInMemory();
  for (const region of ABROAD) gateway.replicaLogs.set(`${region} ${AUTH}`, undefined);
  const { ports, logs } = gateway.instance({
    intercept: (call) => (call === "logs.setRetention ap-south-1" ? "error" : undefined),
  });
  const { setRetention } = ports.replicaLogs;
  ports.replicaLogs.setRetention = async (region, ...rest) =>
    region === "eu-west-1" ? "refused" : setRetention(region, ...rest);
  expect(await gateway.time.run(sweep(ports))).toMatchObject({
    deleted: 0,
    rotates: true,
    logGroups: ABROAD.length - 2,
    logGroupsRefused: 2,
    logGroupsFailed: 2,
  });
  expect(gateway.replicaLogs.get(`eu-west-3 ${AUTH}`)).toBe(LOG_RETENTION_DAYS);
  expect(logs).toEqual(
    LOG_GROUPS.map((logGroup) => ({
      operation: "sweep",
      outcome: "retention_failed",
      region: "ap-south-1",
      logGroup,
      detail: "InternalServerException",
    })),
  );
});

test("which fails without failing the sweep, if the function does not know them", async () => {
  const gateway = gatewayInMemory();
  const { ports, logs } = gateway.instance();
  const detail = "the environment variable REPLICA_LOG_GROUPS is not set";
  ports.replicaLogs.wanted = () => {
    throw new OperationError(detail);
  };
  expect(await gateway.time.run(sweep(ports))).toMatchObject({ rotates: true, logGroups: 0, logGroupsFailed: 1 });
  expect(logs).toEqual([{ operation: "sweep", outcome: "retention_failed", detail }]);
});
