/** A module in Terraform's JSON syntax (https://developer.hashicorp.com/terraform/language/syntax/json). */

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

export interface ModuleJson {
  terraform: { [key: string]: Json };
  variable: Record<string, object>;
  locals: { [key: string]: Json };
  data?: { [key: string]: Json };
  resource: Record<string, Record<string, { [key: string]: Json }>>;
  output: Record<string, object>;
}
