/** One line of the bench. */
export interface Figure {
  group: string;
  name: string;
  value: number;
  unit: string;
  /** The largest value that is good. */
  limit?: number;
}
