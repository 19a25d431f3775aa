/** Messages and blocks to build histories of. */
export const ask = { role: 'user', content: 'Hi' };
export const user = (...content: unknown[]): object => ({ role: 'user', content });
export const claude = (...content: unknown[]): object => ({ role: 'assistant', content });
export const system = (content: unknown): object => ({ role: 'system', content });
export const text = (words: string, more: object = {}): object => ({ type: 'text', text: words, ...more });
export const call = (id: string, more: object = {}): object => ({
  type: 'tool_use',
  id,
  name: 'add',
  input: {},
  ...more,
});
export const result = (id: string, more: object = {}): object => ({
  type: 'tool_result',
  tool_use_id: id,
  content: '2',
  ...more,
});
export const noResult = (id: string, more: object = {}): object => ({
  type: 'tool_result',
  tool_use_id: id,
  ...more,
  content: 'No result was recorded for this call; whether it ran is not known.',
  is_error: true,
});
export const thinking = (signature = 'sig'): object => ({ type: 'thinking', thinking: 'Hm.', signature });
export const search = (id: string, more: object = {}): object => ({
  type: 'server_tool_use',
  id,
  name: 'web_search',
  input: {},
  ...more,
});
export const found = (id: string): object => ({ type: 'web_search_tool_result', tool_use_id: id, content: [] });
export const byCode = (id: string): object => ({ caller: { type: 'code_execution_20260120', tool_id: id } });
export const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } };

export const mark = { cache_control: { type: 'ephemeral' } };
export const addTool = { name: 'add', input_schema: { type: 'object' } };
export const searchTool = { type: 'web_search_20250305', name: 'web_search' };
