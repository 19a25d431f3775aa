import { compile } from './compile.js';
import { allSnippets } from './snippets.js';

describe('examples in the documentation', () => {
  const snippets = allSnippets();

  it('are there', () => {
    expect(snippets.length).toBeGreaterThan(12);
  });

  it('all compile', () => {
    expect(compile(snippets)).toEqual([]);
  });

  it('would not compile with a misspelt event type', () => {
    const code = `import { ofType } from 'rxclaude';\nofType('tool_cal');\nexport {};`;
    expect(compile([{ where: 'here', code }])).toHaveLength(1);
  });
});
