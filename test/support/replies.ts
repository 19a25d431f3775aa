/** One content block, as it starts and as it fills. Make it with the builders below. */
export interface BlockSpec {
  readonly contentBlock: object;
  readonly deltas: readonly object[];
}

/** A whole reply. A plain string in `content` is a text block of one piece. */
export interface ReplySpec {
  /** @default 'msg_test' */
  readonly id?: string;
  /** @default 'claude-opus-5-5' */
  readonly model?: string;
  readonly content: readonly (string | BlockSpec)[];
  /** @default 'tool_use' if there is a client tool_use block, else 'end_turn' */
  readonly stop_reason?: string | null;
  readonly stop_sequence?: string | null;
  readonly stop_details?: object | null;
  readonly container?: object | null;
  /** The last cumulative figures. `message_start` has the same, with 2 output tokens. */
  readonly usage?: Readonly<Record<string, unknown>>;
}

const defaultUsage = {
  input_tokens: 100,
  output_tokens: 20,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 0,
};

/** The events of one reply: message_start, ping, the blocks one after the other, message_delta, message_stop. */
export function reply(spec: ReplySpec): object[] {
  const blocks = spec.content.map((block) => (typeof block === 'string' ? text(block) : block));
  return [
    messageStart(spec),
    { type: 'ping' },
    ...blocks.flatMap((block, index) => blockEvents(block, index)),
    messageDelta(spec, blocks),
    { type: 'message_stop' },
  ];
}

/** Start, deltas and stop of one block. */
export function blockEvents({ contentBlock, deltas }: BlockSpec, index: number): object[] {
  return [
    { type: 'content_block_start', index, content_block: contentBlock },
    ...deltas.map((delta) => ({ type: 'content_block_delta', index, delta })),
    { type: 'content_block_stop', index },
  ];
}

function messageStart({ id = 'msg_test', model = 'claude-opus-5-5', usage }: ReplySpec): object {
  const message = {
    id,
    type: 'message',
    role: 'assistant',
    model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: { ...defaultUsage, ...usage, output_tokens: 2 },
  };
  return { type: 'message_start', message };
}

function messageDelta(spec: ReplySpec, blocks: readonly BlockSpec[]): object {
  const { stop_reason = defaultStopReason(blocks), stop_sequence = null, stop_details, container, usage } = spec;
  const delta = {
    stop_reason,
    stop_sequence,
    ...(stop_details !== undefined && { stop_details }),
    ...(container !== undefined && { container }),
  };
  return { type: 'message_delta', delta, usage: { ...defaultUsage, ...usage } };
}

function defaultStopReason(blocks: readonly BlockSpec[]): string {
  const calls = blocks.some(({ contentBlock }) => 'type' in contentBlock && contentBlock.type === 'tool_use');
  return calls ? 'tool_use' : 'end_turn';
}

type Pieces = string | readonly string[];

const listed = (pieces: Pieces): readonly string[] => (typeof pieces === 'string' ? [pieces] : pieces);

/** A text block in as many deltas as pieces. `text([])` has no delta: the empty text that the API may return. */
export function text(pieces: Pieces, citations: readonly object[] = []): BlockSpec {
  const cited = citations.map((citation) => ({ type: 'citations_delta', citation }));
  const written = listed(pieces).map((piece) => ({ type: 'text_delta', text: piece }));
  return { contentBlock: { type: 'text', text: '' }, deltas: [...written, ...cited] };
}

/** A thinking block. `thinking('')` has a signature only, as newer models send it by default. */
export function thinking(pieces: Pieces, signature = 'signature-of-thinking'): BlockSpec {
  const thoughts = listed(pieces).filter((piece) => piece !== '');
  return {
    contentBlock: { type: 'thinking', thinking: '', signature: '' },
    deltas: [
      ...thoughts.map((piece) => ({ type: 'thinking_delta', thinking: piece })),
      { type: 'signature_delta', signature },
    ],
  };
}

export function redactedThinking(data = 'opaque'): BlockSpec {
  return whole({ type: 'redacted_thinking', data });
}

/** A call, by the client or by the server. */
export interface CallSpec {
  readonly id: string;
  readonly name: string;
  /** An object, or the raw text that the model wrote (which need not be JSON). @default {} */
  readonly input?: object | string;
  /** Characters per delta. @default all in one, after the usual empty delta */
  readonly pieceSize?: number;
  /** `false` sends no delta at all, as for a call without arguments. @default true */
  readonly deltas?: boolean;
  readonly caller?: object;
  readonly toolset_name?: string;
  readonly server_name?: string;
}

/** A call of one of the client's tools. */
export const toolUse = (spec: CallSpec): BlockSpec => call('tool_use', spec);

/** A call that the server itself runs. */
export const serverToolUse = (spec: CallSpec): BlockSpec => call('server_tool_use', spec);

function call(type: string, { input = {}, pieceSize = Infinity, deltas = true, ...fields }: CallSpec): BlockSpec {
  const raw = typeof input === 'string' ? input : JSON.stringify(input);
  const pieces = deltas ? ['', ...cutInto(raw, pieceSize)] : [];
  return {
    contentBlock: { type, ...fields, input: {} },
    deltas: pieces.map((piece) => ({ type: 'input_json_delta', partial_json: piece })),
  };
}

function cutInto(raw: string, size: number): string[] {
  const pieces: string[] = [];
  for (let at = 0; at < raw.length; at += size) pieces.push(raw.slice(at, at + size));
  return pieces;
}

/** A block that is complete at its start: results of server tools, `fallback`, and types that nobody knows yet. */
export function whole(contentBlock: object, deltas: readonly object[] = []): BlockSpec {
  return { contentBlock, deltas };
}

/** A reply of one text, `end_turn`. */
export const textReply = (pieces: Pieces): object[] => reply({ content: [text(pieces)] });

/** A reply of calls only, `tool_use`. */
export const callsReply = (...calls: readonly CallSpec[]): object[] => reply({ content: calls.map(toolUse) });
