/** `claude-opus-4-6`, `claude-fable-5-1`, and the older `claude-3-5-haiku-20241022`. A date is no version. */
const newStyle = /claude-([a-z]+)-(\d{1,2})(?:[-.](\d{1,2}))?(?!\d)/;
const oldStyle = /claude-(\d{1,2})(?:[-.](\d{1,2}))?(?!\d)/;

interface Model {
  readonly family: string;
  readonly version: number;
}

/** A model that nobody knows counts as the newest: the strictest rules hold for it. */
function readModel(model: unknown): Model {
  const name = typeof model === 'string' ? model : '';
  const [, family = '', major, minor = '0'] = newStyle.exec(name) ?? [];
  if (major !== undefined) return { family, version: Number(major) + Number(minor) / 100 };
  const [, oldMajor, oldMinor = '0'] = oldStyle.exec(name) ?? [];
  if (oldMajor !== undefined) return { family: '', version: Number(oldMajor) + Number(oldMinor) / 100 };
  return { family: '', version: Infinity };
}

/** Claude 4.6 and later refuse a last message of the assistant. */
export const refusesPrefill = (model: unknown): boolean => readModel(model).version >= 4.06;

/** Mythos Preview, and the Fable and Mythos line from 5.1 on (5 is only reported to). */
export function refusesForcedTools(model: unknown): boolean {
  const { family, version } = readModel(model);
  return String(model).includes('mythos-preview') || ((family === 'fable' || family === 'mythos') && version >= 5.01);
}
