/** One thing that was changed in a history so that the API accepts it. */
export interface HistoryChange {
  readonly code: string;
  readonly path: string;
  readonly text: string;
}
