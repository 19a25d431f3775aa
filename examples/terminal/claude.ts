import type { Anthropic } from '@anthropic-ai/sdk';
import { defer, map, type Observable } from 'rxjs';
import { standIn } from './standIn.js';

/** Who answers. */
export interface Claude {
  readonly model: string;
  readonly baseURL: string;
  /** One line that says who it is. */
  readonly notice: string;
  /** Emits a client that works until this is unsubscribed from. */
  readonly client$: Observable<Anthropic>;
}

/** Claude itself where there is a key, and a scripted stand-in where there is none. */
export function chooseClaude(env: NodeJS.ProcessEnv): Claude {
  const model = textOf(env['ANTHROPIC_MODEL']) ?? 'claude-opus-5-5';
  if (textOf(env['ANTHROPIC_API_KEY']) === undefined) {
    return {
      model: 'stand-in',
      baseURL: 'http://127.0.0.1',
      notice: 'No ANTHROPIC_API_KEY: a scripted stand-in (aimock) answers. The tools are real.',
      client$: standIn(),
    };
  }
  const baseURL = textOf(env['ANTHROPIC_BASE_URL']) ?? 'https://api.anthropic.com';
  return {
    model,
    baseURL,
    notice: `${model} answers.`,
    // The SDK is loaded once the question is on the screen.
    client$: defer(() => import('@anthropic-ai/sdk')).pipe(
      // `converse` retries, and shows it; the SDK would retry silently.
      map(({ Anthropic }) => new Anthropic({ maxRetries: 0 })),
    ),
  };
}

function textOf(value: string | undefined): string | undefined {
  const text = value?.trim();
  return text === '' ? undefined : text;
}
