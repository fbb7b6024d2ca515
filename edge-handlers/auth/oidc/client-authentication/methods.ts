/** Authenticates the gateway as a client, at every endpoint of a provider in the same way. */
import {
  methodOf,
  type ClientAuthentication,
  type ClientAuthenticationMethod,
} from "../../../../session/client-authentication";
import { awsAssertion } from "./aws-assertion";
import { clientSecretBasic, clientSecretPost } from "./client-secret";
import type { Client, Method } from "./method";
import type { Proof } from "./proof";
import { none } from "./none";
import { privateKeyJwt } from "./private-key-jwt";

/** Endpoints at which a client authenticates. */
export type ClientEndpoint = "token_endpoint" | "revocation_endpoint" | "pushed_authorization_request_endpoint";

type SettingsOf<Name> = Extract<ClientAuthentication, Name | { method: Name }>;

const METHODS: { [Name in ClientAuthenticationMethod]: Method<SettingsOf<Name>> } = {
  none,
  client_secret_basic: clientSecretBasic,
  client_secret_post: clientSecretPost,
  private_key_jwt: privateKeyJwt,
  aws_assertion: awsAssertion,
};

/** @throws Failure `client_secret_unavailable`, `client_key_unavailable`, `client_assertion_unavailable` */
export function proofOf(client: Client): Promise<Proof> {
  const settings = client.provider.clientAuthentication;
  const method = METHODS[methodOf(settings)] as Method<ClientAuthentication>;
  return method(client, settings);
}
