/** The target of a hook: the site's own function or server. */
import { z } from "zod";
import { duration, text } from "./fields";

/** Members of every hook. */
export const hookTarget = {
  /** A Lambda function, which the auth handler's role may invoke. */
  lambda: text(
    /^arn:aws[a-z-]*:lambda:us-east-1:[0-9]{12}:function:[A-Za-z0-9_-]{1,64}(:[A-Za-z0-9$_-]{1,128})?$/,
    'the ARN of a Lambda function in us-east-1, such as "arn:aws:lambda:us-east-1:111122223333:function:who"',
  ).optional(),
  /** A server. It gets a token of AWS that identifies the caller. */
  url: z
    .url({ protocol: /^https$/, error: 'write an https URL, such as "https://people.example.com/gateway"' })
    .max(500, "write at most 500 characters")
    .refine((value) => !value.includes("#"), "leave the fragment out: it is never sent")
    .optional(),
  /** The audience of that token; the URL's origin if absent. */
  audience: text(/^[!-~]{1,255}$/, 'an audience, such as "https://people.example.com"').optional(),
  timeout: duration(1, 3, 'write "1s", "2s" or "3s"', "s").default(2),
};

export interface HookTarget {
  lambda?: string | undefined;
  url?: string | undefined;
  audience?: string | undefined;
  /** Seconds. */
  timeout: number;
}

/** Checks of {@link hookTarget} that involve several members. */
export function withOneTarget<Schema extends z.ZodType<HookTarget>>(schema: Schema): Schema {
  return schema
    .refine(
      ({ lambda, url }) => (lambda === undefined) !== (url === undefined),
      'write either lambda: "arn:aws:lambda:us-east-1:…:function:…" or url: "https://…"',
    )
    .refine(({ url, audience }) => url !== undefined || audience === undefined, {
      path: ["audience"],
      error: "remove it: only a server at a url gets a token",
    });
}

/** The audience of the token that a server gets; undefined for a Lambda function. */
export function hookAudience({ url, audience }: HookTarget): string | undefined {
  return url === undefined ? undefined : (audience ?? new URL(url).origin);
}
