import { ClaudeApiError } from '../errors/ClaudeApiError.js';
import { parseJson } from '../json/parseJson.js';

/** The error for what the API said: JSON, or the text of something else, such as a proxy's page. */
export function toClaudeApiError(text: string, headers: Headers, status?: number): ClaudeApiError {
  const parsed = parseJson(text);
  return new ClaudeApiError({ status, headers, error: parsed.ok ? parsed.value : text });
}
