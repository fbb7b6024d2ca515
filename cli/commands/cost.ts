/** `edgegate cost`: estimates the monthly bill from the config and a traffic profile. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isAttached } from "../../config/distribution";
import { loadConfig } from "../../config/load";
import { deployedIn, type StackFile } from "../../costs/deployed";
import { estimate, type Line, type Profile } from "../../costs/estimate";
import { PRICES, PRICES_READ, type Region } from "../../costs/prices";
import { configFile } from "../config-file";
import type { GlobalOptions } from "../options";
import { columns, facts, type Outcome } from "../output";

export interface CostOptions extends GlobalOptions {
  users: number;
  requests?: number;
  gigabytes?: number;
  signIns?: number;
  signOuts?: number;
  hours: number;
  region: Region;
}

/** A user's requests in a day (pages with their files), and bytes per response. */
const REQUESTS_PER_SIGN_IN = 200;
const BYTES_PER_REQUEST = 30_000;
const SIGN_OUTS_PER_SIGN_IN = 0.1;
const DAYS = 30;

export async function cost(options: CostOptions): Promise<Outcome> {
  const file = configFile(options);
  const config = loadConfig(file);
  const profile = profileOf(options, config.session);
  const [{ synthesize }, { authSettings }, { jsonencodedBytes }, { webAclCapacity }] = await Promise.all([
    import("../../stacks/synthesize"),
    import("../../stacks/settings"),
    import("../../stacks/terraform-text"),
    import("../../stacks/web-acl/capacity"),
  ]);
  const outdir = mkdtempSync(join(tmpdir(), "edgegate-cost-"));
  try {
    const { stackDir } = synthesize(config, { outdir });
    const stack = JSON.parse(readFileSync(join(stackDir, "cdk.tf.json"), "utf8")) as StackFile;
    // Clients that Terraform makes have IDs and issuers of about this size.
    const made = Object.fromEntries(Object.keys(config.identityProviders).map((id) => [id, MADE_CLIENT]));
    const lines = estimate(
      config,
      deployedIn(stack, webAclCapacity(config)),
      jsonencodedBytes(authSettings(config, made)),
      profile,
    );
    return outcome(profile, lines, isAttached(config));
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

const MADE_CLIENT = {
  clientId: "0a1b2c3d-0000-1111-2222-333344445555",
  issuer: "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_AAAAAAAAA",
};

/** Fills in options that follow from the number of users. */
function profileOf(options: CostOptions, session: { absolute: number; token: number }): Profile {
  const { users, hours, region } = options;
  const signIns = options.signIns ?? users;
  const requests = options.requests ?? signIns * DAYS * REQUESTS_PER_SIGN_IN;
  return {
    users,
    requests,
    gigabytes: options.gigabytes ?? (requests * BYTES_PER_REQUEST) / 1e9,
    signIns,
    renewals: Math.floor(Math.min(hours * 3600, session.absolute) / session.token),
    signOuts: options.signOuts ?? Math.round(signIns * SIGN_OUTS_PER_SIGN_IN),
    region,
  };
}

/** @param isAttached true if the distribution already exists, so that its costs do not count */
function outcome(profile: Profile, lines: Line[], isAttached: boolean): Outcome {
  const total = lines.reduce((dollars, line) => dollars + line.dollars, 0);
  const free = lines.reduce((dollars, line) => dollars + line.free, 0);
  const rows = lines.map((line) => [line.service, line.what, amount(line.quantity), money(line.dollars), saved(line)]);
  return {
    json: {
      pricesRead: PRICES_READ,
      profile,
      lines: lines.map((line) => ({ ...line, price: PRICES[line.meter] })),
      total,
      freeTier: free,
    },
    text:
      columns(["service", "what", "a month", "dollars", "free tier"], rows) +
      facts([
        ["total", `${money(total)} a month, without free tiers`],
        ["free tier", `-${money(free)}, if nothing else in the account uses it: ${money(total - free)}`],
        [
          "profile",
          `${amount(profile.requests)} requests and ${amount(profile.gigabytes)} GB a month from ${profile.region}; ` +
            `a day ${amount(profile.signIns)} sign-ins with ${profile.renewals} renewals each, ${amount(profile.signOuts)} sign-outs`,
        ],
        [
          "prices",
          `AWS's prices as known on ${PRICES_READ}: compare them with its pages; origins, S3 and taxes are not included`,
        ],
        ...(isAttached
          ? [
              ["distribution", "what yours costs already, its web ACL and its logs are not included"] as [
                string,
                string,
              ],
            ]
          : []),
      ]),
  };
}

function saved({ free }: Line): string {
  return free >= 0.005 ? `-${money(free)}` : "";
}

function money(dollars: number): string {
  return `$${dollars.toLocaleString("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
}

function amount(quantity: number): string {
  return quantity.toLocaleString("en", { maximumFractionDigits: quantity < 100 ? 2 : 0 });
}
