declare module "dynalite" {
  import type { Server } from "node:http";
  /** DynamoDB in memory. The options are the milliseconds that a table takes to change its state. */
  export default function dynalite(options: {
    createTableMs: number;
    updateTableMs: number;
    deleteTableMs: number;
  }): Server;
}
