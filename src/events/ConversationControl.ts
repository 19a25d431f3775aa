/** What may be asked of a conversation that runs, by what stands behind it in the pipeline. `timeoutGuard` does. */
export interface ConversationControl {
  /**
   * Asks it to finish: no further tool is started, those that run are stopped, and one last round, without tools, gives
   * Claude the word.
   *
   * @param margin How long there is for that, in milliseconds. Tools that are stopped have half of it, and no more than
   * their time of grace. Default: no limit.
   */
  wrapUp(margin?: number): void;
  /** Ends it at once: `conversation_end` with the reason `error`, then the error. */
  fail(error: unknown): void;
}
