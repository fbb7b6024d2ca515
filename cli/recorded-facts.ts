/** Output about ledger and store that both revoking commands share. */
import type { Answers } from "../control-plane/revoker/answer";
import { count } from "./output";
import { printable } from "./printable";

export function recordedFacts({
  revocation: { by, reason },
  records,
}: Answers["revoke"]): [name: string, text: string][] {
  const written = `${count(records.length, "record")} written: ${records.join(", ")}`;
  return [
    ["ledger", `by ${printable(by)}: ${printable(reason)}`],
    ["store", records.length === 0 ? "nothing to write" : written],
  ];
}
