import { checkBound } from '../../errors/checkOption.js';
import { DEEPEST_JSON, LONGEST_JSON, type JsonLimits } from '../../json/parseJson.js';

/** The default limit of an input, in characters. */
const MAX_INPUT_CHARS = 4_194_304;

/**
 * The limits of a tool's input from an operator's options.
 *
 * @throws OptionError that names the operator's option, when a limit is invalid.
 */
export function inputLimits(
  operator: string,
  { maxInputChars, maxInputDepth }: { readonly maxInputChars?: number; readonly maxInputDepth?: number },
): Required<JsonLimits> {
  checkBound(`${operator}.maxInputChars`, maxInputChars, LONGEST_JSON);
  checkBound(`${operator}.maxInputDepth`, maxInputDepth, DEEPEST_JSON);
  return { maxChars: maxInputChars ?? MAX_INPUT_CHARS, maxDepth: maxInputDepth ?? DEEPEST_JSON };
}
