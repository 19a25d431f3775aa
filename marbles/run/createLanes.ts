import { isObject } from '../../src/values/isObject.js';

/** A lane of a diagram. */
export interface Lane {
  readonly kind: 'claude' | 'call' | 'approval' | 'result';
  /** Its name, unique in the diagram. */
  readonly label: string;
  /** For a call and an approval, the name of the tool. */
  readonly tool?: string;
}

/** Finds the lane of each event of a run. */
export interface Lanes {
  laneOf(event: unknown): Lane;
  /** All lanes so far: Claude's, then each call's with its approval, then the result's. */
  all(): readonly Lane[];
}

const RESULT: Lane = { kind: 'result', label: 'result' };
const CLAUDE: Lane = { kind: 'claude', label: 'claude' };

/** What else begins a line, and so cannot be the name of a lane. */
const RESERVED = /^(?:\d*ms|claude|result)$/;
/** The longest label. Most names are far shorter; the API allows 128 characters. */
const LONGEST_LABEL = 40;

const OF_CALL: ReadonlySet<unknown> = new Set([
  'tool_input',
  'tool_call',
  'tool_start',
  'tool_progress',
  'tool_result',
]);
const OF_APPROVAL: ReadonlySet<unknown> = new Set(['approval_request', 'approval_decision']);
const OF_RESULT: ReadonlySet<unknown> = new Set(['round_start', 'round_retry', 'round_end', 'conversation_end']);

/** The label of the lane of a call's approval. */
export function approvalLabel(ofCall: string): string {
  return `${ofCall}?`;
}

/** Makes the lanes of a run that has no events yet. */
export function createLanes(): Lanes {
  const lanes: { call: Lane; approval?: Lane }[] = [];
  const labels = new Set<string>();
  let ofReply = new Map<unknown, (typeof lanes)[number]>();
  let hasClaude = false;

  const labelFor = (tool: string): string => {
    const name = tool.replace(/[^\w-]/gu, '_');
    const plain = name.length > LONGEST_LABEL ? `${name.slice(0, LONGEST_LABEL - 1)}…` : name;
    let label = RESERVED.test(plain) ? `${plain}#1` : plain;
    for (let number = 2; labels.has(label); number++) label = `${plain}#${number}`;
    labels.add(label);
    return label;
  };
  const callOf = (event: Record<PropertyKey, unknown>): (typeof lanes)[number] => {
    const known = ofReply.get(event['id']);
    if (known !== undefined) return known;
    const tool = String(event['name']);
    const entry = { call: { kind: 'call' as const, label: labelFor(tool), tool } };
    lanes.push(entry);
    ofReply.set(event['id'], entry);
    return entry;
  };

  return {
    laneOf(event) {
      if (!isObject(event)) return RESULT;
      const type = event['type'];
      if (OF_RESULT.has(type)) return RESULT;
      if (OF_CALL.has(type)) return callOf(event).call;
      if (OF_APPROVAL.has(type)) {
        const entry = callOf(event);
        entry.approval ??= { kind: 'approval', label: approvalLabel(entry.call.label), tool: String(event['name']) };
        return entry.approval;
      }
      // The same id in a later reply is another call.
      if (type === 'message_start') ofReply = new Map();
      hasClaude = true;
      return CLAUDE;
    },
    all: () => [
      ...(hasClaude ? [CLAUDE] : []),
      ...lanes.flatMap(({ call, approval }) => (approval === undefined ? [call] : [call, approval])),
      RESULT,
    ],
  };
}
