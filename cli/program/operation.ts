/** Commands that operate a gateway. */
import type { Command } from "commander";
import {
  collect,
  parseClaim,
  parseDescription,
  parseExpiry,
  parseLimit,
  parseMoment,
  parseReason,
  parseRequestId,
  parseScope,
  parseSince,
  parseUid,
} from "../arguments";
import { operatorRunner, type Print } from "./runners";

export function addOperation(program: Command, print: Print): void {
  const run = operatorRunner(print);
  const operating = (command: Command): Command =>
    command.option(
      "--local [port]",
      "the gateway that edgegate dev runs on this machine; --local=<port> if several run",
    );
  /** For commands that ask before they act. */
  const asking = (command: Command): Command => operating(command).option("--yes", "do not ask for confirmation");
  /** For commands that the ledger records. */
  const withReason = (command: Command): Command =>
    command.option("--reason <text>", "the reason, for the ledger", parseReason);

  program.commandsGroup("Operate a gateway:");
  operating(program.command("sessions"))
    .description(
      "list the sessions that have not expired or been signed out, newest first; the state shows which are revoked",
    )
    .option("--user <user>", "only of this user: e-mail address, user name or uid")
    .option("--all", "with --user: also those that have expired or were signed out")
    .option("--limit <n>", "list at most this many (default: 100)", parseLimit)
    .action(run(async () => (await import("../commands/sessions")).sessions));

  operating(program.command("audit"))
    .description("show what happened to a user or a request, from the logs of all regions: when, from where, and why")
    .option("--user <user>", "e-mail address, user name or uid")
    .option("--uid <uid>", "a uid from a log; does not ask the ledger", parseUid)
    .option("--request <id>", "the request ID on a page of the gateway, or in x-amz-cf-id", parseRequestId)
    .option(
      "--since <time>",
      'from when: "90m", "24h", "30d" or "2026-03-01T09:00Z" (default: 1h; 7d with --request; 30d with --archive)',
      parseMoment,
    )
    .option("--until <time>", "to when (default: now)", parseMoment)
    .option("--archive", "read the archive of audit events, which goes back further than the logs")
    .option("--all", "list every allowed request")
    .action(run(async () => (await import("../commands/audit")).audit));

  const revoke = program.command("revoke").description("end sessions");
  withReason(asking(revoke.command("user")))
    .description("end every session of one user; the user can sign in again if the identity provider allows it")
    .argument("[user]", "e-mail address, user name or uid")
    .option("--issuer <url>", "the user's issuer, instead of [user]; needs --subject")
    .option("--subject <sub>", "the user's subject at that issuer")
    .action(run(async () => (await import("../commands/revoke-user")).revokeUser));
  withReason(operating(revoke.command("session")))
    .description("end one session")
    .argument("<sid>", "the session's ID, as edgegate sessions lists it")
    .action(run(async () => (await import("../commands/revoke-session")).revokeSession));

  const token = program.command("token").description("service tokens, for programs that cannot use OpenID Connect");
  operating(token.command("create"))
    .description("make a service token; stdout has the token and nothing else, and it is shown once")
    .option("--role <role>", "a role that it has; may be repeated", collect, [])
    .option("--scope <scope>", "a scope that it has; may be repeated", parseScope, [])
    .option("--claim <name=value>", "a claim that it has, for conditions and headers; may be repeated", parseClaim, [])
    .requiredOption("--expires <time>", 'how long it is valid: "12h" or "90d", at most "366d"', parseExpiry)
    .requiredOption("--description <text>", "its purpose, and where it is kept", parseDescription)
    .action(run(async () => (await import("../commands/create-token")).createToken));
  operating(token.command("list"))
    .description("list all service tokens, newest first: their rights, their makers, and their last use")
    .action(run(async () => (await import("../commands/list-tokens")).listTokens));
  withReason(operating(token.command("revoke")))
    .description("end a service token, and every edge token that was made from it")
    .argument("<id>", "the token's ID, as edgegate token list shows it")
    .action(run(async () => (await import("../commands/revoke-token")).revokeToken));

  withReason(asking(program.command("lockdown")))
    .description("end every session and replace every session key, in one step")
    .action(run(async () => (await import("../commands/lockdown")).lockdown));

  asking(program.command("rotate-keys"))
    .description("make a new session key; sessions continue")
    .option("--no-wait", "do not wait until the new key signs")
    .action(run(async () => (await import("../commands/rotate-keys")).rotateKeys));
  asking(program.command("rotate-origin-secret"))
    .description("send servers the next origin secret, which they accept already")
    .option("--no-wait", "do not wait until every edge sends it")
    .action(run(async () => (await import("../commands/rotate-origin-secret")).rotateOriginSecret));
  asking(program.command("rotate-assertion-key"))
    .description("sign assertions with the next key, which servers know already")
    .option("--no-wait", "do not wait until every edge signs with it")
    .action(run(async () => (await import("../commands/rotate-assertion-key")).rotateAssertionKey));

  const store = program.command("store").description("check or rebuild the key-value store that the gate reads");
  operating(store.command("check"))
    .description("compare the store with ledger and keys; changes nothing")
    .action(run(async () => (await import("../commands/store")).checkStore));
  asking(store.command("rebuild"))
    .description("make the store equal to ledger and keys")
    .action(run(async () => (await import("../commands/store")).rebuildStore));

  const doctor = operating(program.command("doctor"))
    .description("check a deployed gateway from outside, as a stranger could; changes nothing")
    .action(run(async () => (await import("../commands/doctor")).doctor));
  operating(doctor.command("idp"))
    .description("check an identity provider against the config, and examine an ID token")
    .argument("[idp]", "the identity provider's ID in the config; may be left out if there is only one")
    .option("--token <path>", 'a file with an ID token to examine, or "-" to paste it or pipe it in')
    .option("--client-secret", "also try the stored client secret; reads it from Secrets Manager")
    .option("--issuer <url>", "the issuer, if only Terraform knows it")
    .option("--client-id <id>", "the client ID, if only Terraform knows it")
    .action(run(async () => (await import("../commands/doctor-idp")).doctorIdp));

  operating(
    program
      .command("secrets")
      .description("store client secrets and private keys for identity providers")
      .command("put"),
  )
    .description("store a client secret or private keys: from a file, from stdin or from a hidden prompt")
    .argument("<idp>", "the identity provider's ID in the config")
    .option("--file <path>", "a file that contains the secret, or the keys as PEM, and nothing else")
    .action(run(async () => (await import("../commands/put-secret")).putSecret));

  program
    .command("waf")
    .description("examine the web ACL")
    .command("why")
    .description(
      "show which rule blocked or counted a request, and what would exempt it; without an ID, the latest requests",
    )
    .argument("[request-id]", "the request ID on the page, or in the header x-amz-cf-id")
    .option("--since <time>", "look this far back, such as 90m, 24h or 30d (default: 7d; 1h for the list)", parseSince)
    .action(run(async () => (await import("../commands/waf-why")).wafWhy));

  const events = program.command("events").description("manage the stream of security events at a transmitter");
  const atTransmitter = (command: Command): Command =>
    command
      .argument("<transmitter>", "the transmitter's ID in the config")
      .option(
        "--token-file <path>",
        "a file with an access token for its API; otherwise from stdin or a hidden prompt",
      );
  atTransmitter(operating(events.command("register")))
    .description("make it push the events that the config acts upon, and verify that they arrive")
    .action(run(async () => (await import("../commands/register-events")).registerEvents));
  atTransmitter(operating(events.command("status")))
    .description("show the stream; changes nothing")
    .action(run(async () => (await import("../commands/events-stream")).eventsStatus));
  atTransmitter(asking(events.command("remove")))
    .description("delete the stream")
    .action(run(async () => (await import("../commands/events-stream")).removeEvents));
}
