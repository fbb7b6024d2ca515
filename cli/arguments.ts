/** Reads values from the command line. Every function throws InvalidArgumentError with what to write. */
import { isIP } from "node:net";
import { InvalidArgumentError } from "commander";
import { SHORT_ID } from "../session/revocation";
import { parseRepository, type Repository } from "../stacks/permissions/repository";

/** A request ID of CloudFront; longer than every other ID. */
export const REQUEST_ID = /^[\w-]{50,60}={0,2}$/;

const MAX_REASON = 500;
/** The revoker's own limit. */
const MAX_LIMIT = 1_000;

/** Seconds, and characters; the revoker's own limits. */
const MAX_TOKEN_LIFETIME = 366 * 86_400;
const MAX_DESCRIPTION = 200;

const SECONDS_IN = { m: 60, h: 3_600, d: 86_400 };

/** @returns seconds */
export function parseSince(text: string): number {
  const [, number, unit] = /^([1-9][0-9]{0,3})([mhd])$/.exec(text) ?? [];
  if (number === undefined) throw new InvalidArgumentError('write a time such as "90m", "24h" or "30d".');
  return Number(number) * SECONDS_IN[unit as keyof typeof SECONDS_IN];
}

/** @returns Unix seconds */
export function parseMoment(text: string): number {
  if (/^[1-9][0-9]{0,3}[mhd]$/.test(text)) return Math.floor(Date.now() / 1000) - parseSince(text);
  const date = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)$/.test(text) ? Date.parse(text) : NaN;
  if (Number.isNaN(date))
    throw new InvalidArgumentError('write how long ago, such as "90m", or a time with its zone: "2026-03-01T09:00Z".');
  return Math.floor(date / 1000);
}

export function parseAddress(text: string): string {
  if (isIP(text) === 0) throw new InvalidArgumentError('write an IP address, such as "192.0.2.7" or "2001:db8::1".');
  return text;
}

export function parseCountry(text: string): string {
  if (!/^[A-Z]{2}$/.test(text)) throw new InvalidArgumentError('write two letters (ISO 3166-1 alpha-2), such as "DE".');
  return text;
}

export function parseUid(text: string): string {
  if (!SHORT_ID.test(text)) throw new InvalidArgumentError("write the 16 characters of a uid.");
  return text;
}

export function parseRequestId(text: string): string {
  if (!REQUEST_ID.test(text)) throw new InvalidArgumentError("write the request ID on the page.");
  return text;
}

export function parseStoreArn(text: string): string {
  if (!/^arn:aws[a-z-]*:cloudfront::[0-9]{12}:key-value-store\/[0-9a-f-]{36}$/.test(text))
    throw new InvalidArgumentError("write the output session_store_arn of the stack.");
  return text;
}

export function parseTrust(text: string): Repository {
  const repository = parseRepository(text);
  if (!repository)
    throw new InvalidArgumentError(
      'write "github:owner/repository", "github:owner@ID/repository@ID" (if the subjects of its tokens have IDs) or "gitlab:group/project"; ":environment" or ":branch" may follow.',
    );
  return repository;
}

export function parsePort(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) throw new InvalidArgumentError("write a number up to 65535.");
  return Number(text);
}

/** For options that may be repeated. */
export function collect(text: string, before: string[]): string[] {
  return [...before, text];
}

export function parseAmount(text: string): number {
  if (!/^\d{1,12}(\.\d{1,3})?$/.test(text)) throw new InvalidArgumentError("write a number, such as 1000000.");
  return Number(text);
}

export function parseLimit(text: string): number {
  if (!/^[1-9][0-9]{0,3}$/.test(text) || Number(text) > MAX_LIMIT)
    throw new InvalidArgumentError(`write a number from 1 to ${MAX_LIMIT}.`);
  return Number(text);
}

/** @returns seconds */
export function parseExpiry(text: string): number {
  const [, number, unit] = /^([1-9][0-9]{0,3})([hd])$/.exec(text) ?? [];
  const seconds = Number(number) * SECONDS_IN[unit as keyof typeof SECONDS_IN];
  if (number === undefined || seconds > MAX_TOKEN_LIFETIME)
    throw new InvalidArgumentError('write how long it is valid, such as "12h" or "90d"; at most "366d".');
  return seconds;
}

export function parseDescription(text: string): string {
  if (text.trim() === "" || text.length > MAX_DESCRIPTION)
    throw new InvalidArgumentError(`write 1 to ${MAX_DESCRIPTION} characters.`);
  return text;
}

/** May be repeated (https://www.rfc-editor.org/rfc/rfc6749#section-3.3). */
export function parseScope(text: string, before: string[]): string[] {
  if (!/^[!#-[\]-~]{1,256}$/.test(text))
    throw new InvalidArgumentError('write one scope without spaces: "orders.read".');
  return [...before, text];
}

/** May be repeated. */
export function parseClaim(
  text: string,
  before: (readonly [name: string, value: string])[],
): (readonly [name: string, value: string])[] {
  const [, name, value] = /^([\w.:/-]{1,64})=(.{1,256})$/su.exec(text) ?? [];
  if (name === undefined || value === undefined)
    throw new InvalidArgumentError('write the name of a claim and its value: "plan=premium".');
  return [...before, [name, value]];
}

export function parseReason(text: string): string {
  if (text.trim() === "" || text.length > MAX_REASON)
    throw new InvalidArgumentError(`write 1 to ${MAX_REASON} characters.`);
  return text;
}
