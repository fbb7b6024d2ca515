/** What keeps everyone but the gateway away from an origin. */
import { originsOf, type OriginsInConfig, type SingleOrigin } from "./origin";

/**
 * In words, for people.
 *
 * @returns undefined if nothing does and the config does not permit it (`open: true`)
 */
export function protectionOf(origin: SingleOrigin): string | undefined {
  switch (origin.type) {
    case "s3":
      return origin.existingBucket
        ? "origin access control, if the bucket's policy lets in only the distribution"
        : "origin access control: the bucket lets in only the distribution";
    case "vpc":
      return "the VPC: there is no way in from the internet";
    case "lambda-url":
      return "origin access control, if the URL's AuthType is AWS_IAM";
    case "custom":
    case "api-gateway":
      if (origin.secretHeader) return "the secret header, if the server checks it";
      return origin.open ? "nothing: anybody can go around the gateway (open: true)" : undefined;
  }
}

export function isOpen(origin: SingleOrigin): boolean {
  return "open" in origin && origin.open;
}

/** True if the gate's secret goes to this origin. */
export function sendsSecret(origin: SingleOrigin): boolean {
  return "secretHeader" in origin && origin.secretHeader;
}

/** True if the gate's assertions go to this origin. */
export function sendsAssertion(origin: SingleOrigin): boolean {
  return "assertion" in origin && origin.assertion;
}

export function usesOriginSecret(config: OriginsInConfig & { originSecret: { send: boolean } }): boolean {
  return config.originSecret.send || originsOf(config).some(({ origin }) => sendsSecret(origin));
}
