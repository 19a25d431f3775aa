import { RxClaudeError } from './RxClaudeError.js';

/**
 * A tool cannot be offered to Claude as it is defined, or two have the same name. Thrown at once, where tools are defined
 * or handed over, never while a conversation runs.
 */
export class ToolDefinitionError extends RxClaudeError {
  readonly _tag = 'ToolDefinitionError';
  /** The tool's name. */
  readonly tool: string;

  constructor(tool: string, problem: string, options?: ErrorOptions) {
    super('ToolDefinitionError', `The tool \`${tool}\` cannot be used: ${problem}`, options);
    this.tool = tool;
  }
}
