/** Programs of the gateway: the gate's without policy and settings, and those of the Lambda functions. */
import { isGate } from "../gateway/gateways";
import { foreignPart, readGateCode, type GateCode } from "../gateway/gate-code";
import type { Change, Values } from "../plan/plan";
import { block, isSame } from "../plan/values";
import { listed, say, words } from "../sentence";
import { aboutChanges, high, low, medium, type Findings, type Found } from "../rule";

/** Members of the gate's settings (session/settings.ts), with the meaning of a change. Hosts have a separate rule. */
const SETTINGS: Readonly<Record<string, [severity: Found["severity"], what: string]>> = {
  assertion: [
    "high",
    "The assertions for servers change, or their audience. Servers that check them refuse other requests",
  ],
  identityHeaders: ["medium", "The identity headers for applications change"],
  originSecret: [
    "high",
    "Whether servers get the origin secret changes. Without it they cannot tell the gate's requests from others",
  ],
  severalProviders: ["low", "The gate now has several identity providers, or only one"],
};

export const changesProgram = aboutChanges({
  id: "changes-program",
  title: "Changes a program of the gateway",
  help: "Expected with a new version of edgegate, and then of every function. In any other pull request, find out who changed the program.",
  types: ["aws_cloudfront_function", "aws_lambda_function"],
  examine: (change) =>
    change.type === "aws_lambda_function" ? lambda(change) : isGate(change) ? gate(change) : other(change),
});

function gate({ before, after }: Change): Findings {
  const [was, is] = [before?.["code"], after?.["code"]];
  if (typeof is !== "string" || was === is) return [];
  const now = readGateCode(is);
  const foreign = foreignPart(now);
  return [
    foreign !== undefined &&
      high(say`There is code ${words(foreign)} that edgegate does not write. It could replace every decision.`),
    ...(typeof was === "string" && foreign === undefined ? changedParts(readGateCode(was), now) : []),
  ];
}

/** The rule about access says what changes in the policy, or that it cannot be read. */
function changedParts(old: GateCode, now: GateCode): Findings {
  if (old.policy instanceof Error || now.policy instanceof Error) return [];
  const names = Object.keys(SETTINGS).filter((name) => !isSame(old.settings?.[name], now.settings?.[name]));
  const [wasClosed, isClosed] = [old, now].map(({ settings }) => settings?.["closed"] !== undefined);
  return [
    old.program !== now.program &&
      medium(
        say`The gate's program changes: ${now.program.length} instead of ${old.program.length} characters before policy and settings.`,
      ),
    ...names.map((name) => ({ severity: SETTINGS[name]![0], message: say`${words(SETTINGS[name]![1])}.` })),
    wasClosed !== isClosed &&
      medium(isClosed ? say`The site is closed for maintenance.` : say`The site opens again after maintenance.`),
  ];
}

/** A function that is not the gate, or no longer. */
function other({ before, after }: Change): Findings {
  const isChanged = before !== undefined && after !== undefined && before["code"] !== after["code"];
  return [isChanged && medium(say`The code of the CloudFront Function ${String(after["name"])} changes.`)];
}

function lambda({ before, after }: Change): Findings {
  if (before === undefined || after === undefined) return [];
  const name = String(after["function_name"]);
  const isOther = !isSame(before["source_code_hash"], after["source_code_hash"]);
  const layers = !isSame(before["layers"], after["layers"]);
  const variables = changedVariables(before, after);
  return [
    isOther && medium(say`The program of ${name} changes.`),
    layers && high(say`The layers of ${name} change. A layer can replace what the program imports.`),
    !isSame(before["handler"], after["handler"]) &&
      medium(say`${name} starts at ${String(after["handler"])} instead of ${String(before["handler"])}.`),
    variables.length > 0 && medium(say`Environment variables of ${name} change: ${listed(variables)}.`),
    !isSame(before["runtime"], after["runtime"]) &&
      low(say`${name} runs on ${String(after["runtime"])} instead of ${String(before["runtime"])}.`),
  ];
}

/** Names only, since values can be secrets. Numbers are times and limits that follow from the config. */
function changedVariables(before: Values, after: Values): string[] {
  const [was, is] = [before, after].map((values) => block(block(values["environment"])["variables"])) as [
    Values,
    Values,
  ];
  const isNumber = (value: unknown) => /^\d+$/.test(String(value));
  return [...new Set([...Object.keys(was), ...Object.keys(is)])]
    .filter((name) => was[name] !== is[name] && !(isNumber(was[name]) && isNumber(is[name])))
    .sort();
}
