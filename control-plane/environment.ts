/**
 * A function's environment variables, as Terraform sets them. All functions throw an OperationError that names a
 * missing or invalid variable.
 */
import { ENTRY_MARGIN } from "../session/timing";
import { OperationError } from "./errors";

export function variable(name: string): string {
  const value = process.env[name];
  if (!value) throw new OperationError(`the environment variable ${name} is not set`);
  return value;
}

export function seconds(name: string): number {
  return wholeNumber(name, "seconds");
}

export function days(name: string): number {
  return wholeNumber(name, "days");
}

function wholeNumber(name: string, unit: string): number {
  const value = variable(name);
  if (!/^[0-9]{1,9}$/.test(value))
    throw new OperationError(`the environment variable ${name} must be a whole number of ${unit}`);
  return Number(value);
}

/** See `Ports`. */
export function entryLifetime(): number {
  return seconds("TOKEN_SECONDS") + ENTRY_MARGIN;
}
