/** From when until when something went on, and how it ended. */
export interface Lifespan {
  /** In milliseconds of virtual time. */
  readonly from: number;
  /** `undefined` while it goes on. */
  to?: number;
  how?: 'completed' | 'failed' | 'cancelled';
}
