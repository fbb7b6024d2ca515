/** Settings whose change invalidates existing sessions. */
import { isGate, isSettings, settingsIn } from "../gateway/gateways";
import { at, isSame, strings } from "../plan/values";
import { say, words } from "../sentence";
import { aboutChanges, high, type Findings } from "../rule";

/** Members of the handler's settings (session/settings.ts), with the effect of a change. */
const SETTINGS: readonly [path: readonly string[], what: string][] = [
  [["aws", "sessionKeysSecret"], "The handler signs sessions with the keys of another secret"],
  [["aws", "sessionsTable"], "The handler keeps sessions in another table"],
  [["aws", "revocationsTable"], "The handler reads revocations in another table"],
  [
    ["basePath"],
    "The gateway's own endpoints move: every sign-in in progress and every renewal fails, and redirect URIs no longer match",
  ],
  [["version"], "The settings have another version"],
];

export const signsEverybodyOut = aboutChanges({
  id: "signs-everybody-out",
  title: "Signs everybody out",
  help: "Announce it, and apply it when few people work. After a leak of keys it is what you want: see docs/runbooks/emergency-rotation.md.",
  types: ["aws_cloudfront_function", "aws_ssm_parameter"],
  examine: (change) => {
    if (change.before === undefined || change.after === undefined) return [];
    if (isGate(change)) {
      const stores = [change.before, change.after].map((values) => strings(values["key_value_store_associations"]));
      const isOther = stores[1]!.length > 0 && !isSame(stores[0], stores[1]);
      return [isOther && high(say`The gate reads another store, without the keys of the sessions that exist.`)];
    }
    if (!isSettings(change)) return [];
    const [before, after] = [settingsIn(change.before), settingsIn(change.after)];
    if (before === undefined || after === undefined) return [];
    return SETTINGS.flatMap(([path, what]): Findings =>
      isSame(at(before, path), at(after, path)) ? [] : [high(say`${words(what)}. Everybody has to sign in again.`)],
    );
  },
});
