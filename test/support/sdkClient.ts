import Anthropic from '@anthropic-ai/sdk';
import type { ClientOptions } from '@anthropic-ai/sdk';

/** The type of the message that the SDK's beta stream accumulates. */
export type SdkMessage = Anthropic.Beta.Messages.BetaMessage;

/** A real SDK client that talks to a loopback server. It never retries, so that each request is one request. */
export function sdkClient(baseURL: string, options: ClientOptions = {}): Anthropic {
  return new Anthropic({ apiKey: 'test-key', baseURL, maxRetries: 0, ...options });
}

/** What the SDK itself makes of a reply: the reference that our own accumulator is compared with. */
export async function sdkFinalMessage(
  client: Anthropic,
  request: Anthropic.Beta.Messages.MessageCreateParamsNonStreaming,
): Promise<SdkMessage> {
  return client.beta.messages.stream(request).finalMessage();
}
