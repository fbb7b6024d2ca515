/** Behaviors of a distribution with the gate whose requests nothing decides, or whose decision can be changed. */
import { DECISION_RULES } from "../../cloudfront/decisions/rules";
import { say, words } from "../sentence";
import type { HoleRule } from "./hole";

/** One for each rule that the synth checks, too. */
export const undecidedBehavior: readonly HoleRule[] = DECISION_RULES.map(({ id, remedy, cause }) => ({
  id,
  remedy,
  holes: ({ gated }) =>
    gated.flatMap(({ address, behaviors }) =>
      behaviors.flatMap((behavior) => {
        const found = cause(behavior);
        return found === undefined ? [] : [{ address, message: say`behavior ${behavior.path}: ${words(found)}` }];
      }),
    ),
}));
