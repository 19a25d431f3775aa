import { innerBlocks, isObject, places } from './view.js';
import type { JsonObject, Rule, View } from './view.js';
import { refusesForcedTools } from './models.js';

const topLevelKeys = new Set(
  `billing_policy cache_control compaction container context_management diagnostics fallback_credit_token fallbacks
  inference_geo max_tokens mcp_servers messages metadata model output_config output_format service_tier speed
  stop_sequences stream system temperature thinking thread tool_choice tools top_k top_p`.split(/\s+/),
);

/** Gone since API version 2026-10-21, the one that SDK 1.x asks for. The API's own words are not recorded. */
const removedKeys = ['temperature', 'top_p', 'top_k'];

/** What every request needs, whatever it says. */
export const envelope: Rule = function* ({ body }) {
  if (typeof body.model !== 'string') yield 'model: Field required';
  if (body.max_tokens === undefined) yield 'max_tokens: Field required';
  if (!Number.isInteger(body.max_tokens)) yield 'max_tokens: Input should be a valid integer';
  if (body.stream !== true) yield 'strictServer: a streaming request must hold "stream": true';
  for (const key of Object.keys(body)) {
    if (!topLevelKeys.has(key) || removedKeys.includes(key)) yield `${key}: Extra inputs are not permitted`;
  }
  if (body.thread !== undefined && body.thread !== null) yield threadsUnsupported;
};

/** The SDK's tool runner falls back to whole histories when it sees the error code that goes with this. */
export const threadsUnsupported = 'strictServer: threads are not supported here, send the whole history';

const isForced = ({ tool_choice: choice }: JsonObject): boolean =>
  isObject(choice) && (choice.type === 'any' || choice.type === 'tool');

/** A forced choice excludes manual thinking and some models, and a loop that repeats it never ends. */
export const toolChoice: Rule = function* ({ body, messages }, previous) {
  if (!isForced(body)) return;
  if (isObject(body.thinking) && body.thinking.type === 'enabled') {
    yield 'Thinking may not be enabled when tool_choice forces tool use.';
  }
  if (refusesForcedTools(body.model)) yield 'tool_choice forces tool use is not compatible with this model.';
  const last = messages.at(-1);
  const answers = Array.isArray(last?.content) && last.content.some(({ type }) => type === 'tool_result');
  if (answers && previous && isForced(previous.request.body)) {
    yield 'strictServer: tool_choice forces tool use again; set it back to auto after the forced round';
  }
};

/** At most four cache breakpoints, wherever they are, and none on an empty text. */
export const caching: Rule = function* (view) {
  const marked = cacheable(view).filter(
    ({ owner }) => owner.cache_control !== undefined && owner.cache_control !== null,
  );
  for (const { owner, path } of marked) {
    if (owner.type === 'text' && owner.text === '') {
      yield `${path}.text: cache_control cannot be set for empty text blocks`;
    }
  }
  if (marked.length > 4) {
    yield `A maximum of 4 blocks with cache_control may be provided. Found ${String(marked.length)}.`;
  }
};

interface Cacheable {
  readonly owner: JsonObject;
  readonly path: string;
}

function cacheable(view: View): Cacheable[] {
  const { system } = view.body;
  const systemBlocks = Array.isArray(system) ? system.filter(isObject) : [];
  return [
    ...view.tools.map((owner, n) => ({ owner, path: `tools.${String(n)}` })),
    ...systemBlocks.map((owner, n) => ({ owner, path: `system.${String(n)}` })),
    ...places(view).flatMap(({ block, path }) => [
      { owner: block, path },
      ...innerBlocks(block).map((owner, k) => ({ owner, path: `${path}.${block.type}.content.${String(k)}` })),
    ]),
  ];
}
