/** The process of fresh-synthesis.ts. */
import { loadConfig } from "../config/load";
import { synthesize } from "../stacks/synthesize";
import type { Order, Reply } from "./fresh-synthesis";
import { configModules } from "./sources";

function carryOut(order: Order): Reply {
  try {
    return "load" in order
      ? { config: loadConfig(order.load) }
      : { synthesized: synthesize(order.write, { outdir: order.outdir }) };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

process.on("disconnect", () => process.exit(0));
process.on("message", (order: Order) => {
  const reply = carryOut(order);
  process.send!({ ...reply, ...("load" in order && { files: configModules(order.load) }) } satisfies Reply);
});
