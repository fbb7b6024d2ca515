/** One line of the bench. */
export interface Figure {
  group: string;
  name: string;
  value: number;
  unit: string;
  /** The largest acceptable value. */
  limit?: number;
}
