import { resultContent } from '../../../../src/tools/result/resultContent.js';

const png = { type: 'base64', media_type: 'image/png', data: 'aGk=' };
const sent = (output: unknown): unknown => resultContent(output, { maxResultChars: 1_000 });

describe('a list that only looks like content blocks', () => {
  it.each<[string, object]>([
    ['an unknown kind of source', { type: 'image', source: { type: 'banana' } }],
    ['a source without data', { type: 'image', source: { type: 'base64' } }],
    ['a source with more fields', { type: 'image', source: { ...png, width: 3 } }],
    ['a media type that the API does not take', { type: 'image', source: { ...png, media_type: 'image/bmp' } }],
    ['data that is not base64', { type: 'image', source: { ...png, data: '!!' } }],
    ['a document of no kind', { type: 'document', source: { type: 'x' }, title: 'T' }],
    ['a search result with an image', { type: 'search_result', source: 's', title: 't', content: [{ type: 'image' }] }],
    ['a reference without a name', { type: 'tool_reference' }],
  ])('is sent as JSON text: %s', (_, block) => {
    expect(sent([block])).toBe(JSON.stringify([block]));
  });
});

describe('content blocks', () => {
  it.each<[string, object]>([
    ['an image', { type: 'image', source: png, cache_control: { type: 'ephemeral' } }],
    ['an image by URL', { type: 'image', source: { type: 'url', url: 'https://x.example/a.png' } }],
    ['a file', { type: 'document', source: { type: 'file', file_id: 'file_1' }, title: 'T' }],
    ['a text document', { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'a' } }],
    ['a search result', { type: 'search_result', source: 's', title: 't', content: [{ type: 'text', text: 'a' }] }],
  ])('are sent as they are: %s', (_, block) => {
    expect(sent([block])).toEqual([block]);
  });

  it('lose a cache mark that is none', () => {
    expect(sent([{ type: 'text', text: 'a', cache_control: 'yes' }])).toEqual([{ type: 'text', text: 'a' }]);
  });

  it('stay below what a request may hold, all files together', () => {
    const image = { type: 'image', source: { ...png, data: 'A'.repeat(6_900_000) } };
    const content = sent(Array.from({ length: 6 }, () => image)) as { type: string }[];
    expect(content.map(({ type }) => type)).toEqual(['image', 'image', 'text', 'text', 'text', 'text']);
  });
});
