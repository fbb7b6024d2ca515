/** The bench compares decisions with the same reference. */
export * from "../../bench/load/reference-policy";
