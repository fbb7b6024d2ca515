/** Where requests go once the gate let them pass. One file a type. */
import { z } from "zod";
import { customOrigin } from "./custom";
import { s3Origin } from "./s3";

export const origin = z.discriminatedUnion("type", [s3Origin, customOrigin], {
  error: 'write { type: "s3" } or { type: "custom", domainName: "origin.example.com" }',
});

export type Origin = z.output<typeof origin>;
