/** The line that the local edge prints for a request. */
import type { Verdict } from "./verdict";

type Colors = Record<"dim" | "green" | "yellow" | "red", (text: string) => string>;

export interface LogEntry extends Verdict {
  time: Date;
  method: string;
  /** Without the port, which is always the same. */
  host: string;
  /** Without the query: it may have a code or a token in it. */
  path: string;
  status: number;
  /** The host with its port, as a rule names it. */
  authority: string;
  /** As on the gateway's pages. */
  requestId: string;
  /** IP address of the viewer. */
  address: string;
  /** The gate's entry in the access log; absent if it did not decide. */
  said?: string | undefined;
  /** Until the response began. */
  milliseconds: number;
}

const NO_COLORS: Colors = { dim: String, green: String, yellow: String, red: String };
/** Width in characters. Longer values move the rest of the line to the right. */
const WIDTHS = { method: 7, milliseconds: 7, address: 36, decision: 32 };
/** Characters of an address that are shown. */
const MAX_ADDRESS = 200;

/** Time, method, status, duration, address, decision with its rule, user, and what went wrong. */
export function logLine(entry: LogEntry, colors: Colors = NO_COLORS): string {
  const { decision, rule, who, note, status } = entry;
  const decided = rule === undefined ? decision : `${decision} ${rule}`;
  const parts = [
    colors.dim(timeOf(entry.time)),
    entry.method.padEnd(WIDTHS.method),
    status < 400 ? String(status) : colors.red(String(status)),
    colors.dim(`${Math.round(entry.milliseconds)} ms`.padStart(WIDTHS.milliseconds)),
    shown(entry.host + entry.path)
      .slice(0, MAX_ADDRESS)
      .padEnd(WIDTHS.address),
    colorOf(decision, colors)(shown(decided).padEnd(WIDTHS.decision)),
    ...(who === undefined ? [] : [shown(who)]),
    ...(note === undefined ? [] : [colors.red(shown(note))]),
  ];
  return parts.join(" ").trimEnd();
}

function colorOf(decision: string, { green, yellow, red, dim }: Colors): (text: string) => string {
  const [outcome] = decision.split(" ");
  return { allow: green, login: yellow, deny: red }[outcome!] ?? dim;
}

/** Removes characters that are invisible or move the cursor, because strangers choose paths and hosts. */
function shown(text: string): string {
  return text.replace(/\p{C}/gu, "\ufffd");
}

/** Such as `17:05:09.123`, in local time. */
function timeOf(time: Date): string {
  const part = (number: number, digits = 2) => String(number).padStart(digits, "0");
  const clock = [time.getHours(), time.getMinutes(), time.getSeconds()].map((number) => part(number)).join(":");
  return `${clock}.${part(time.getMilliseconds(), 3)}`;
}
