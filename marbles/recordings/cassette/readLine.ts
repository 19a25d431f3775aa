import { parseJson } from '../../../src/json/parseJson.js';
import { bytesOf } from './bytes.js';
import type { CassetteChunk, CassetteEnd, CassetteLine } from './Cassette.js';
import { VERSION } from './Cassette.js';
import { CassetteError } from './CassetteError.js';
import { createFields, type Fields } from './createFields.js';

const TYPES = ['request', 'response', 'chunk', 'end'] as const;
const ENDS = ['complete', 'error', 'aborted'] as const;

/** Reads one line behind the first. @throws CassetteError that says what is wrong with it. */
export function readLine(text: string, line: number): CassetteLine {
  const fields = parsed(text, line);
  const type = fields.word('type', TYPES);
  const exchange = fields.whole('exchange', 1);
  const time = fields.whole('time', 0);
  switch (type) {
    case 'request': {
      const [method, path] = [fields.text('method'), fields.text('path')];
      const body = fields.has('body') ? { body: fields.any('body') } : {};
      return { type, exchange, time, method, path, headers: fields.headers('headers'), ...body };
    }
    case 'response':
      return { type, exchange, time, status: fields.whole('status', 200, 599), headers: fields.headers('headers') };
    case 'chunk':
      return { type, exchange, ...readChunk(fields, time) };
    default:
      return { type, exchange, ...readEnd(fields, time) };
  }
}

/** Reads the first line. @throws CassetteError when it is none of a cassette, or of one that is newer than this library. */
export function checkHead(text: string, line: number): void {
  const fields = parsed(text, line);
  fields.word('type', ['cassette']);
  const version = fields.whole('version', 1);
  if (version === VERSION) return;
  throw new CassetteError(
    `Line ${line} of the cassette: expected version ${VERSION}, found ${version}. Take a newer rxclaude, or record again.`,
    { line },
  );
}

function parsed(text: string, line: number): Fields {
  const json = parseJson(text);
  if (json.ok) return createFields(json.value, line);
  throw new CassetteError(`Line ${line} of the cassette: expected JSON, found none: ${json.message}.`, { line });
}

function readChunk(fields: Fields, time: number): CassetteChunk {
  if (fields.has('text')) return { time, text: fields.text('text') };
  if (!fields.has('base64')) return fields.fail('`text` or `base64`', 'neither');
  const chunk = { time, base64: fields.text('base64') };
  try {
    bytesOf(chunk);
    return chunk;
  } catch {
    return fields.fail('`base64` to be base64', 'something else');
  }
}

function readEnd(fields: Fields, time: number): CassetteEnd {
  const how = fields.word('how', ENDS);
  if (how !== 'error') return { time, how };
  const error = fields.inner('error');
  return { time, how, error: { name: error.text('name'), message: error.text('message') } };
}
