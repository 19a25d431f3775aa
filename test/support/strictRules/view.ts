/** A JSON object of any shape. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** A content block: all that is known of it is that it has a type. */
export interface Block extends JsonObject {
  readonly type: string;
}

export interface WireMessage extends JsonObject {
  readonly role: string;
  readonly content: string | readonly Block[];
}

/** A request whose outer shape has been checked, so that rules can speak of messages and blocks. */
export interface View {
  readonly body: JsonObject;
  readonly messages: readonly WireMessage[];
  readonly tools: readonly JsonObject[];
}

/** What the server sent as one reply, and what of it a client has to know to send it back. */
export interface Served {
  readonly content: readonly ServedBlock[];
  readonly stopReason: string | null;
  readonly containerId?: string;
  /** Whether `message_stop` was reached: a cut reply need not be echoed. */
  readonly complete: boolean;
}

export interface ServedBlock {
  readonly block: Block;
  /** The model wrote an input that is no JSON object; a client echoes some object in its place. */
  readonly invalidInput: boolean;
}

/** The last request that was accepted, and its reply. */
export interface Exchange {
  readonly request: View;
  readonly served: Served;
}

/** Yields the message of each refusal; only the first one of all rules is ever sent. */
export type Rule = (view: View, previous: Exchange | undefined) => Iterable<string>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isBlock(value: unknown): value is Block {
  return isObject(value) && typeof value.type === 'string';
}

/** A block and where it is. */
export interface Place {
  readonly block: Block;
  readonly message: WireMessage;
  readonly n: number;
  readonly m: number;
  /** `messages.N.content.M` */
  readonly path: string;
}

/** The blocks of a message; a string is one text block. */
export function blocksOf({ content }: WireMessage): readonly Block[] {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : content;
}

/** Every block of every message, with its path. Strings are left out: they have no blocks on the wire. */
export function places({ messages }: View): Place[] {
  return messages.flatMap((message, n) =>
    typeof message.content === 'string'
      ? []
      : message.content.map((block, m) => ({ block, message, n, m, path: contentPath(n, m) })),
  );
}

export const contentPath = (n: number, m: number): string => `messages.${String(n)}.content.${String(m)}`;

/** The blocks inside a tool_result; a string has none. */
export function innerBlocks(block: Block): readonly Block[] {
  return Array.isArray(block.content) ? block.content.filter(isBlock) : [];
}

/** Reads the outer shape of a request, or says why the API cannot. */
export function readView(body: unknown): View | string {
  if (!isObject(body)) return 'The request body is not valid JSON.';
  const { messages, tools = [] } = body;
  if (!Array.isArray(messages)) return 'messages: Field required';
  if (messages.length === 0) return 'messages: at least one message is required';
  if (!Array.isArray(tools) || !tools.every(isObject)) return 'tools: Input should be a valid list';
  const misshapen = messages.map(misshapenMessage).find((problem) => problem !== undefined);
  return misshapen ?? { body, messages: messages as WireMessage[], tools };
}

function misshapenMessage(message: unknown, n: number): string | undefined {
  const path = `messages.${String(n)}`;
  if (!isObject(message)) return `${path}: Input should be an object`;
  const { role, content } = message;
  if (role !== 'user' && role !== 'assistant' && role !== 'system') {
    return `${path}.role: Input should be 'user', 'assistant' or 'system'`;
  }
  if (typeof content === 'string') return undefined;
  if (!Array.isArray(content)) return `${path}.content: Input should be a valid list`;
  const wrong = content.findIndex((block) => !isBlock(block));
  return wrong < 0 ? undefined : `${contentPath(n, wrong)}.type: Field required`;
}
