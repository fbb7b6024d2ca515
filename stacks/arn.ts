import { Fn } from "cdktf";

/** The account in an ARN that Terraform may know only when it applies. */
export function accountOf(arn: string): string {
  return Fn.element(Fn.split(":", arn), 4) as string;
}
