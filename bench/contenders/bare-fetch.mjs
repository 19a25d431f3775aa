import { maxTokens, model, querySchema } from './shared.mjs';

const headers = {
  'content-type': 'application/json',
  accept: 'application/json',
  authorization: 'Bearer bench',
  'anthropic-version': '2026-10-21',
};

/** The loop that a program would write without any library: no checks, no errors, no Stop. */
function loop(name, threaded) {
  return {
    name,
    threaded,

    converse({ baseURL }, tools) {
      const offered = tools.map(({ name, description }) => ({ name, description, input_schema: querySchema }));
      return async (prompt) => {
        const messages = [{ role: 'user', content: prompt }];
        let thread = threaded ? { type: 'create' } : undefined;
        let sent = 0;
        for (let rounds = 1; ; rounds++) {
          const continues = thread?.type === 'continue';
          const body = {
            model,
            max_tokens: maxTokens,
            ...(!continues && { tools: offered }),
            messages: continues ? messages.slice(sent) : messages,
            stream: true,
            ...(thread && { thread }),
          };
          const reply = await ask(baseURL, body);
          messages.push({ role: 'assistant', content: reply.content });
          sent = messages.length;
          if (threaded) thread = { type: 'continue', previous_message_id: reply.id };
          const calls = reply.content.filter(({ type }) => type === 'tool_use');
          if (calls.length === 0) return rounds;
          messages.push({ role: 'user', content: await Promise.all(calls.map((call) => answer(call, tools))) });
        }
      };
    },
  };
}

async function answer({ id, name, input }, tools) {
  const { run } = tools.find((tool) => tool.name === name);
  return { type: 'tool_result', tool_use_id: id, content: await run(input.query) };
}

async function ask(baseURL, body) {
  const url = `${baseURL}/v1/messages`;
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(await response.text());
  const reply = { id: '', content: [] };
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of response.body) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop();
    for (const line of lines) {
      if (line.startsWith('data:')) take(reply, JSON.parse(line.slice(5)));
    }
  }
  return reply;
}

function take(reply, event) {
  const block = reply.content[event.index];
  if (event.type === 'message_start') reply.id = event.message.id;
  else if (event.type === 'content_block_start') reply.content[event.index] = { ...event.content_block, json: '' };
  else if (event.type === 'content_block_delta') {
    if (event.delta.type === 'text_delta') block.text += event.delta.text;
    else block.json += event.delta.partial_json;
  } else if (event.type === 'content_block_stop') {
    if (block.type === 'tool_use') block.input = JSON.parse(block.json || '{}');
    delete block.json;
  }
}

/** A request that a signal stops. */
function open({ baseURL }) {
  const stop = new AbortController();
  const body = JSON.stringify({ model, max_tokens: maxTokens, messages: [{ role: 'user', content: 'Write.' }] });
  const read = async () => {
    const response = await fetch(`${baseURL}/v1/messages`, { method: 'POST', headers, body, signal: stop.signal });
    for await (const chunk of response.body) void chunk;
  };
  read().catch(() => undefined);
  return { stop: () => stop.abort() };
}

export const threadedFetch = loop('bare fetch loop, threads', true);

export default { ...loop('bare fetch loop', false), open };
