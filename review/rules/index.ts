/** All rules, in the order of their findings in a review. */
import type { Rule } from "../rule";
import { acceptsTokens } from "./accepts-tokens";
import { asksForLess } from "./asks-for-less";
import { changesDomains } from "./changes-domains";
import { changesIdentityProvider } from "./identity-provider";
import { changesOrigin } from "./changes-origin";
import { changesProgram } from "./changes-program";
import { deletesReplica } from "./replica";
import { destroysState } from "./destroys-state";
import { dropsProtection } from "./drops-protection";
import { exposesData } from "./exposes-data";
import { incompletePlan } from "./incomplete-plan";
import { opensAPath } from "./opens-a-path";
import { sessionLifetime } from "./session-lifetime";
import { shortensLogs } from "./shortens-logs";
import { signsEverybodyOut } from "./signs-everybody-out";
import { silencesAlarms } from "./silences-alarms";
import { stopsRevocations } from "./stops-revocations";
import { takesSiteDown } from "./takes-site-down";
import { undecidedRequests } from "./undecided-requests";
import { unknownDecision } from "./unknown-decision";
import { weakensHeaders } from "./weakens-headers";
import { weakensTls } from "./weakens-tls";
import { weakensWaf } from "./weakens-waf";
import { widensIam } from "./widens-iam";

export const RULES: readonly Rule[] = [
  opensAPath,
  asksForLess,
  undecidedRequests,
  changesIdentityProvider,
  acceptsTokens,
  destroysState,
  signsEverybodyOut,
  takesSiteDown,
  stopsRevocations,
  unknownDecision,
  changesProgram,
  widensIam,
  exposesData,
  weakensTls,
  weakensWaf,
  weakensHeaders,
  changesOrigin,
  changesDomains,
  deletesReplica,
  sessionLifetime,
  shortensLogs,
  silencesAlarms,
  dropsProtection,
  incompletePlan,
];
