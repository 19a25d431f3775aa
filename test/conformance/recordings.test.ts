/** Every recording over HTTP: the same message, the same tool inputs and the same refusals as the SDK's own. */
import { APIError } from '@anthropic-ai/sdk';
import { from, tap } from 'rxjs';
import { accumulateMessage, accumulateToolInput, claudeStream, growingInput } from 'rxclaude';
import type { ClaudeMessage, RoundEvent, ToolCallEvent } from 'rxclaude';
import { tagged } from '../support/errors.js';
import { describeRecordings, recordings } from '../support/recordings.js';
import type { Recording } from '../support/recordings.js';
import { sample } from '../support/runs.js';
import { sdkClient, sdkFinalMessage } from '../support/sdkClient.js';
import type { SdkMessage } from '../support/sdkClient.js';
import { singleBytes } from '../support/sseServer.js';
import { deepFreeze } from './support/deepFreeze.js';
import { isPrefix } from './support/isPrefix.js';
import { only, run } from './support/run.js';
import { servers } from './support/servers.js';
import { question } from './support/talk.js';

const { bytes } = servers();

type Block = SdkMessage['content'][number];

/** What came of a recording. */
interface Replay {
  readonly events: readonly RoundEvent[];
  readonly error: unknown;
  readonly message: ClaudeMessage | undefined;
  /** Each call's growing values, in order, copied as they were when they came. */
  readonly growing: ReadonlyMap<string, readonly unknown[]>;
}

/** Plays a body through the SDK's client into the pipeline. Nothing that was emitted can be written to. */
async function replay(chunks: readonly Uint8Array[]): Promise<Replay> {
  const server = await bytes({ chunks, then: 'end', headers: { 'request-id': 'req_recorded' } });
  const events: RoundEvent[] = [];
  const snapshots: string[] = [];
  const growing = new Map<string, unknown[]>();
  const { events: messages, error } = await run(
    claudeStream(sdkClient(server.url).beta, question).pipe(
      accumulateToolInput(),
      tap((event) => {
        events.push(deepFreeze(event));
        snapshots.push(JSON.stringify(event));
      }),
      accumulateMessage(),
    ),
  );
  from(events)
    .pipe(growingInput())
    .subscribe(({ id, value, complete }) => {
      if (!complete) growing.set(id, [...(growing.get(id) ?? []), structuredClone(value)]);
    });
  expect(server.requests).toHaveLength(1);
  expect(events.map((event) => JSON.stringify(event))).toEqual(snapshots);
  return { events, error, message: messages.at(-1), growing };
}

/** As it would be sent: without what JSON leaves out, and without the SDK's own field. */
function asJson(message: unknown): Record<string, unknown> {
  const { parsed_output: _, ...fields } = JSON.parse(JSON.stringify(message)) as Record<string, unknown>;
  return fields;
}

/** What the SDK makes of a recording: a message or an error. */
async function sdkReplay(recording: Recording): Promise<SdkMessage | Error> {
  const server = await bytes({ chunks: [recording.bytes], then: 'end' });
  const client = sdkClient(server.url, { logLevel: 'off' });
  return sdkFinalMessage(client, question as never).catch((error: unknown) => error as Error);
}

/** What kind of error the bytes deserve, read off them without the library's help. */
function kindOf(recording: Recording): unknown {
  const body = new TextDecoder().decode(recording.bytes);
  if (/^event: *error\r?$/m.test(body)) return expect.any(APIError);
  const starts = body.match(/^event: *message_start\r?$/gm)?.length ?? 0;
  const stopped = /^event: *message_stop\r?$/m.test(body);
  return stopped || starts > 1 ? tagged('ProtocolError') : tagged('TruncatedStreamError');
}

const isJsonObject = (text: string): boolean => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
};

/** The text of each call's input, where it is not a JSON object; by the id of the call. */
function unreadable(events: readonly RoundEvent[]): Map<string, string> {
  const texts = new Map<string, string>();
  for (const { id, text } of only(events, 'tool_input')) texts.set(id, (texts.get(id) ?? '') + text);
  return new Map([...texts].filter(([, text]) => text !== '' && !isJsonObject(text)));
}

/** The SDK's message, but for the one wanted difference: what is not JSON is never repaired into an input. */
function wantedMessage(sdk: SdkMessage, notJson: ReadonlyMap<string, string>): Record<string, unknown> {
  const content = sdk.content.map((block) =>
    block.type === 'tool_use' && notJson.has(block.id) ? { ...block, input: {} } : block,
  );
  return asJson({ ...sdk, content });
}

const isCall = (block: Block): block is Extract<Block, { type: 'tool_use' }> => block.type === 'tool_use';

function expectCalls(calls: readonly ToolCallEvent[], sdk: SdkMessage, notJson: ReadonlyMap<string, string>): void {
  const wanted = sdk.content.filter(isCall).map(({ id, name, input }) => ({ id, name, input: asInput(input) }));
  const got = calls.map(({ id, name, input }) => ({ id, name, input }));
  expect(got.filter(({ id }) => !notJson.has(id))).toEqual(wanted.filter(({ id }) => !notJson.has(id)));
  expect(got.map(({ id }) => id)).toEqual(wanted.map(({ id }) => id));
  for (const { id, input } of got.filter((call) => notJson.has(call.id))) {
    expect(input).toMatchObject({ _tag: 'Left', left: { text: notJson.get(id) } });
  }
}

const asInput = (input: unknown): object => ({ _tag: 'Right', right: JSON.parse(JSON.stringify(input)) as unknown });

/** Each value goes on where the one before it ended, and all of them lead to the input itself. */
function expectGrowing({ events, growing }: Replay): void {
  const finals = new Map(only(events, 'tool_call').map(({ id, input }) => [id, input]));
  for (const [id, list] of growing) {
    const input = finals.get(id);
    const targets = [...list.slice(1), input?._tag === 'Right' ? input.right : list.at(-1)];
    list.forEach((value, at) => {
      if (!isPrefix(value, targets[at])) expect({ id, at, value }).toEqual({ id, at, value: targets[at] });
    });
    const nothing = list.at(-1) === undefined && input?._tag === 'Right';
    if (input?._tag === 'Right') expect(list.at(-1)).toEqual(nothing ? undefined : input.right);
  }
}

describeRecordings('recordings', () => {
  const all = recordings().map((recording) => [recording.name, recording] as const);

  it.each(all)('%s: as the SDK has it', async (_name, recording) => {
    const sdk = await sdkReplay(recording);
    const whole = await replay([recording.bytes]);

    // The index says what the SDK refuses: nothing that it accepts may hide behind a failed comparison.
    expect(sdk instanceof Error).toBe(recording.index['sdk_over_sse'] === 'error');
    if (sdk instanceof Error) {
      const kind = kindOf(recording);
      expect(whole.error).toEqual(kind);
      if (kind === APIError) {
        expect(whole.error).toMatchObject({
          type: (sdk as Error & { type?: string }).type,
          status: undefined,
          requestID: 'req_recorded',
          message: sdk.message,
        });
      }
      return;
    }
    expect(whole.error).toBeUndefined();
    const notJson = unreadable(whole.events);
    expect(asJson(whole.message)).toEqual(wantedMessage(sdk, notJson));
    expectCalls(only(whole.events, 'tool_call'), sdk, notJson);
    expectGrowing(whole);
    expect(only(whole.events, 'message_stop')).toHaveLength(1);
  });

  it.each(sample(all))('%s: the same in single bytes', async (_name, recording) => {
    const whole = await replay([recording.bytes]);
    const cut = await replay(singleBytes(recording.bytes));

    expect(JSON.stringify(cut.events)).toBe(JSON.stringify(whole.events));
    expect(String(cut.error)).toBe(String(whole.error));
    expect(cut.message).toEqual(whole.message);
  });

  it('hold one input that the SDK repairs and we do not', async () => {
    const odd = recordings().find(({ name }) => name === 'sdkts-incomplete-partial-json-response');
    if (!odd) throw new Error('The recording is missing.');

    const sdk = await sdkReplay(odd);
    const { events, message } = await replay([odd.bytes]);

    const [call] = only(events, 'tool_call');
    const text = unreadable(events).get(call!.id);
    expect(text).toMatch(/^\{"filename": "taxes.txt"/);
    expect(call!.input).toMatchObject({ _tag: 'Left', left: { _tag: 'InvalidJson', text } });
    expect(message!.content.at(-1)).toMatchObject({ id: call!.id, input: {} });
    expect((sdk as SdkMessage).content.at(-1)).toMatchObject({ input: { filename: 'taxes.txt' } });
  });
});
