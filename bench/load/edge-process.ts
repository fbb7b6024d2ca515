/** The process of edge.ts. It runs only the local edge. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { startLocalEdge, type LocalEdge } from "../../local/local-edge";
import { sessionKeysSecretName } from "../../stacks/names";
import { LOAD_CONFIG } from "./config";
import type { Order, Reply } from "./edge";

let edge: LocalEdge | undefined;

/**
 * The garbage collector. It is enabled here, because with the flag on the command line the gate's sandbox would have
 * it, too.
 */
const collectGarbage = (() => {
  setFlagsFromString("--expose-gc");
  const gc = runInNewContext("gc") as () => void;
  setFlagsFromString("--no-expose-gc");
  return gc;
})();

async function carryOut(order: Order): Promise<Reply> {
  if (order.kind === "start") {
    edge = await startLocalEdge({
      config: LOAD_CONFIG,
      port: 0,
      ...(order.node !== undefined && { node: order.node }),
    });
    const { config, url, urls, issuer, caFile } = edge;
    return { policy: config.policy, url, urls, issuer, caFile };
  }
  if (!edge) throw new Error("the edge has not started");
  switch (order.kind) {
    case "keys":
      return { keys: edge.keys() };
    case "revoke":
      await edge.askRevoker({
        operation: "revoke",
        command: { version: 1, target: order.target, by: "operator:bench", reason: "load" },
      });
      return {};
    case "rotate":
      await edge.aws.rotate(sessionKeysSecretName(edge.config));
      return {};
    case "memory": {
      if (order.collect) collectGarbage();
      const { heapUsed, rss, external } = process.memoryUsage();
      const { user, system } = process.cpuUsage();
      return { heapUsed: heapUsed + external, rss, cpu: (user + system) / 1000 };
    }
    case "logs":
      return { logs: edge.logs() };
    case "close":
      await edge.close();
      edge = undefined;
      return {};
  }
}

process.on("disconnect", () => process.exit(0));
process.on("message", ({ id, ...order }: Order & { id: number }) => {
  carryOut(order).then(
    (reply) => process.send!({ id, reply }),
    (error: unknown) => process.send!({ id, error: error instanceof Error ? error.message : String(error) }),
  );
});
