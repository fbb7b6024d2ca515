/** A gateway's state: sessions, revocations, keys, secrets and files. A replacement starts empty. */
import type { Change } from "../plan/plan";
import { say, words, type Sentence } from "../sentence";
import { aboutChanges, high, isRemoved, medium } from "../rule";

/** By type: the loss. */
const LOST: Readonly<Record<string, (change: Change) => string>> = {
  aws_cloudfront_key_value_store: () =>
    "The store has the keys and revocations that the gate reads: everybody is signed out, and nobody gets in until it is filled.",
  aws_dynamodb_table: () =>
    "The ledger has the sessions and revocations: revoked sessions could be accepted again, and nobody can be found any more.",
  aws_secretsmanager_secret: ({ before }) => lostSecret(String(before?.["name"])),
  aws_s3_bucket: () => "Its files are lost, if it can be deleted at all.",
  aws_kms_key: () => "Data that it encrypted can never be read again.",
  aws_cognito_user_pool: () => "Its users and their passwords are lost.",
};

export const destroysState = aboutChanges({
  id: "destroys-state",
  title: "Destroys sessions, keys, secrets or files",
  help: "Do not apply this to a gateway in use, unless you mean to. Look for what made it a replacement, such as a changed name; a resource that only moved needs a moved block.",
  types: Object.keys(LOST),
  examine: (change) => [
    isRemoved(change) &&
      high(
        say`${words(change.action === "replace" ? "Replaced" : "Deleted")}${reason(change)}. ${words(LOST[change.type]!(change))}`,
      ),
    change.action === "forget" &&
      medium(say`Taken out of the state. It stays in the account, where Terraform no longer protects it.`),
  ],
});

function lostSecret(name: string): string {
  if (name.endsWith("/session-keys"))
    return "The keys that sign sessions are lost: everybody is signed out, and nobody gets in until new ones are made.";
  if (name.endsWith("/origin")) return "Servers refuse the gate's requests until they have the new secret.";
  return "Sign-in fails until it is stored again.";
}

function reason({ replacedFor }: Change): Sentence {
  return replacedFor.length === 0 ? [] : say`, because of its ${replacedFor[0]!}`;
}
