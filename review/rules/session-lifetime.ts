/** How long people stay signed in, what happens when a refresh token is used twice, and whether renewals are bound to a device. */
import { isSettings, settingsIn } from "../gateway/gateways";
import { at, isSame } from "../plan/values";
import { say, words } from "../sentence";
import { aboutChanges, type Found } from "../rule";

/** Seconds, in the settings of the handler. */
const TIMES: readonly [name: string, what: string][] = [
  ["absolute", "A session lasts"],
  ["idle", "A session ends without use after"],
  ["token", "The gate accepts a token without renewal for"],
];

export const sessionLifetime = aboutChanges({
  id: "session-lifetime",
  title: "Changes how long sessions last",
  help: "Longer sessions give a stolen cookie more time. Shorter ones end sessions that exist earlier.",
  types: ["aws_ssm_parameter"],
  examine: (change) => {
    const [before, after] = [settingsIn(change.before), settingsIn(change.after)];
    if (!isSettings(change) || before === undefined || after === undefined) return [];
    const found: Omit<Found, "address">[] = TIMES.flatMap(([name, what]) => {
      const [was, is] = [before, after].map((settings) => Number(at(settings, ["session", name])));
      if (was === is) return [];
      return [
        { severity: is! > was! ? "medium" : "low", message: say`${words(what)} ${is!} instead of ${was!} seconds.` },
      ];
    });
    if (at(before, ["session", "deviceBound"]) === true && at(after, ["session", "deviceBound"]) !== true)
      found.push({
        severity: "medium",
        message: say`New sessions are not bound to a device any more: copied cookies can be renewed elsewhere.`,
      });
    if (isSame(before["onReuse"], after["onReuse"])) return found;
    return [
      ...found,
      {
        severity: "medium",
        message: say`The effect of a reused refresh token changes from ${String(before["onReuse"])} to ${String(after["onReuse"])}.`,
      },
    ];
  },
});
