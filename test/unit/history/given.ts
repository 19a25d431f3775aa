import type { HistoryMessage } from '../../../src/history/checkHistory.js';
import type { ToolEntry } from '../../../src/tools/Tool.js';
import { deepFreeze } from '../message/deepFreeze.js';

/** Messages of any shape where the types want whole ones, frozen to the bottom. */
export const given = (messages: readonly unknown[]): HistoryMessage[] => deepFreeze(messages) as HistoryMessage[];

/** The same for tools. */
export const givenTools = (tools: readonly unknown[] | undefined): ToolEntry[] | undefined =>
  tools as ToolEntry[] | undefined;
