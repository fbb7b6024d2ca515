/** Reads the gate's decision about a request: see functions/gate/gate.ts. */
import { REQUIREMENT_HEADER } from "../../session/access-tokens";

/** A request of an API behavior that the gate passed on. */
export type GateDecision =
  /** The gate identified the caller and decided, or the rule needs no caller. */
  | { kind: "decided" }
  | { kind: "public"; viewed: string }
  | {
      kind: "open";
      /** What is required: policy/requirement-text.ts. */
      required: string;
      /** The path that the gate decided about, not decoded. */
      path: string;
      /** The path that chose the behavior. */
      viewed: string;
      /** The fields of a session that the gate verified. */
      session?: string[];
    }
  /** The gate did not run, or another gate ran: nothing may pass. */
  | { kind: "undecided" };

/** @param header all values of a header, by its name in lower case */
export function readGateDecision(header: (name: string) => string[]): GateDecision {
  const requirements = header(REQUIREMENT_HEADER);
  const users = header("x-gate-user");
  if (requirements.length === 0) return { kind: users.length === 1 && users[0] !== "" ? "decided" : "undecided" };
  const [required, path, viewed, payload, ...more] = requirements[0]!.split(" ");
  if (requirements.length > 1 || !required || !path || !viewed || more.length > 0) return { kind: "undecided" };
  // The gate writes both only together.
  if ((payload !== undefined) !== users.length > 0) return { kind: "undecided" };
  if (required === "*") return payload === undefined ? { kind: "public", viewed } : { kind: "undecided" };
  return { kind: "open", required, path, viewed, ...(payload !== undefined && { session: payload.split("~") }) };
}
