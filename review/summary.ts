/** A review in one paragraph, for the person on call. */
import type { Action } from "./plan/plan";
import type { Review } from "./review";
import { listed, say, words, type Sentence } from "./sentence";

const VERBS: readonly (readonly [action: Action, verb: string])[] = [
  ["create", "creates"],
  ["update", "updates"],
  ["replace", "replaces"],
  ["delete", "deletes"],
  ["forget", "forgets"],
];
/** Rules after which people have to sign in again, or cannot. */
const ENDS_SESSIONS = ["signs-everybody-out", "destroys-state"];

export function summaryOf(review: Review): Sentence {
  if (review.changes.length === 0 && review.flags.length === 0) return say`This plan changes nothing.`;
  const sentences = [counts(review), access(review), risks(review), sessions(review), drift(review)];
  return sentences
    .filter((sentence) => sentence.length > 0)
    .flatMap((sentence, i) => [...(i > 0 ? [" "] : []), ...sentence]);
}

function counts({ changes, gateways }: Review): Sentence {
  const parts = VERBS.flatMap(([action, verb]) => {
    const number = changes.filter((change) => change.action === action).length;
    return number === 0 ? [] : [`${verb} ${number}`];
  });
  const what = `${inWords(parts)} ${changes.length === 1 ? "resource" : "resources"}`;
  const names = listed([...new Set(gateways.map(({ name }) => name))]);
  const where =
    gateways.length === 0
      ? say`. It has no gateway`
      : gateways.length === 1
        ? say` of the gateway ${names}`
        : say` of the gateways ${names}`;
  return changes.length === 0 ? say`This plan changes no resource${where}.` : say`This plan ${words(what)}${where}.`;
}

function access({ gateways }: Review): Sentence {
  if (gateways.length === 0) return [];
  if (gateways.some(({ problem }) => problem !== undefined)) return say`The access after the apply cannot be computed.`;
  const rows = gateways.flatMap(({ changes }) => changes);
  if (rows.length === 0) return say`Who may open what stays the same.`;
  const open = rows.filter(({ newlyPublic }) => newlyPublic);
  const wider = rows.filter(({ newlyPublic, gains }) => !newlyPublic && gains.length > 0);
  const narrower = rows.filter(({ loses }) => loses.length > 0);
  const paths = (some: typeof rows) => listed([...new Set(some.map(({ path }) => path))], 3);
  const parts: Sentence[] = [
    ...(open.length > 0 ? [say`everybody may open ${paths(open)} without signing in`] : []),
    ...(wider.length > 0 ? [say`more people may open ${paths(wider)}`] : []),
    ...(narrower.length > 0 ? [say`some lose access to ${paths(narrower)}`] : []),
  ];
  return say`After it, ${parts.flatMap((part, i) => [...(i === 0 ? [] : i === parts.length - 1 ? [" and "] : [", "]), ...part])}.`;
}

function risks({ flags, rules }: Review): Sentence {
  if (flags.length === 0) return say`No rule of this review found a risk.`;
  const high = flags.filter(({ severity }) => severity === "high");
  const others = flags.length - high.length;
  const titles = [...new Set(high.map(({ rule }) => rules.find(({ id }) => id === rule)!.title))].map(lowerFirst);
  if (high.length === 0)
    return say`${words(`${counted(others, "risk")} of medium or low severity ${others === 1 ? "is" : "are"} worth a look.`)}`;
  const rest = others > 0 ? ` ${counted(others, "other risk")} ${others === 1 ? "is" : "are"} less severe.` : "";
  return say`${words(`Severe: it ${inWords(titles)}.${rest}`)}`;
}

function sessions({ flags, gateways, changes }: Review): Sentence {
  const isQuiet = gateways.length > 0 && changes.length > 0 && !flags.some(({ rule }) => ENDS_SESSIONS.includes(rule));
  return isQuiet ? say`Nobody is signed out by it.` : [];
}

function drift({ drifted }: Review): Sentence {
  return drifted.length === 0
    ? []
    : say`Since the last apply, ${listed(drifted, 3)} ${words(drifted.length === 1 ? "was" : "were")} changed outside Terraform.`;
}

function inWords(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;
}

function counted(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
