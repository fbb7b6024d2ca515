/** A gate whose program is not the shipped one: it has the gate's name but could decide anything. */
import { foreignPart } from "../gateway/gate-code";
import { say, words } from "../sentence";
import type { Hole, HoleRule } from "./hole";

export const foreignProgram: HoleRule = {
  id: "foreign-program",
  remedy: "synthesize with this version of edgegate, or check with the version that made the plan",
  holes: ({ gateways, program }) =>
    gateways.flatMap(({ gate, after }): Hole[] => {
      if (after === undefined) return [];
      if (after.policy instanceof Error)
        return [{ address: gate.address, message: say`the policy cannot be read: ${after.policy.message}` }];
      const foreign = foreignPart(after);
      if (foreign !== undefined)
        return [{ address: gate.address, message: say`there is code ${words(foreign)} that edgegate does not write` }];
      const isOther = program !== undefined && after.program.trim() !== program.trim();
      return isOther
        ? [{ address: gate.address, message: say`its program is not the gate of this version of edgegate` }]
        : [];
    }),
};
