/**
 * The STS operation that issues a token for a role, and the keys with which others verify it.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_GetWebIdentityToken.html
 */
import { generateKeyPairSync, randomUUID, sign } from "node:crypto";
import type { Answer, Input, Targets } from "./answer";

const RANGE = { min: 60, max: 3600 };

export interface SecurityTokenService {
  targets: Targets;
  /** The issuer of the account (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_outbound.html). */
  issuer: string;
  /** The ARN of the role that the token names. */
  subject: string;
  /** The key set at the `jwks_uri` of its issuer. */
  jwks(): { keys: object[] };
}

/** @param now Unix seconds */
export function securityTokenService(now: () => number): SecurityTokenService {
  const [issuer, subject] = [
    `https://${randomUUID()}.tokens.sts.global.api.aws`,
    "arn:aws:iam::111122223333:role/example-auth",
  ];
  let made: Keys | undefined;
  // Made when they are needed: few gateways use them, and an RSA key takes time.
  const keys = () => (made ??= newKeys());

  function getWebIdentityToken(input: Input): Answer {
    const [algorithm, audience] = [String(input["SigningAlgorithm"]), input["Audience.member.1"]];
    const duration = Number(input["DurationSeconds"] ?? 300);
    const isValid = Object.hasOwn(keys(), algorithm) && audience && duration >= RANGE.min && duration <= RANGE.max;
    if (!isValid || input["Version"] !== "2011-06-15") return xmlFailure(400, "ValidationError");
    const { privateKey, hash } = keys()[algorithm as keyof Keys];
    const iat = now();
    const claims = { iss: issuer, sub: subject, aud: audience, jti: randomUUID(), iat, exp: iat + duration };
    const signed = [{ alg: algorithm, kid: algorithm, typ: "JWT" }, claims]
      .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
      .join(".");
    const signature = sign(hash, Buffer.from(signed), { key: privateKey, dsaEncoding: "ieee-p1363" });
    const token = `${signed}.${signature.toString("base64url")}`;
    const expiration = new Date(claims.exp * 1000).toISOString();
    return xml(
      200,
      "GetWebIdentityTokenResponse",
      `<GetWebIdentityTokenResult><WebIdentityToken>${token}</WebIdentityToken><Expiration>${expiration}</Expiration></GetWebIdentityTokenResult>`,
    );
  }

  return {
    targets: { "STS.GetWebIdentityToken": getWebIdentityToken },
    issuer,
    subject,
    jwks: () => ({
      keys: Object.entries(keys()).map(([alg, { publicKey }]) => ({
        ...publicKey.export({ format: "jwk" }),
        kid: alg,
        alg,
        use: "sig",
      })),
    }),
  };
}

type Keys = ReturnType<typeof newKeys>;

function newKeys() {
  return {
    RS256: { ...generateKeyPairSync("rsa", { modulusLength: 2048 }), hash: "sha256" },
    ES384: { ...generateKeyPairSync("ec", { namedCurve: "P-384" }), hash: "sha384" },
  };
}

function xml(status: number, name: string, content: string): Answer {
  const body = `<${name} xmlns="https://sts.amazonaws.com/doc/2011-06-15/">${content}<ResponseMetadata><RequestId>${randomUUID()}</RequestId></ResponseMetadata></${name}>`;
  return { status, headers: { "content-type": "text/xml" }, body };
}

export function xmlFailure(status: number, code: string): Answer {
  return xml(
    status,
    "ErrorResponse",
    `<Error><Type>Sender</Type><Code>${code}</Code><Message>${code}</Message></Error>`,
  );
}
