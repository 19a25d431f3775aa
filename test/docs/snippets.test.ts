import { compile } from './compile.js';
import { allSnippets } from './snippets.js';

describe('examples in the documentation', () => {
  const snippets = allSnippets();

  it('are there', () => {
    expect(snippets.length).toBeGreaterThan(12);
  });

  it('all compile, and would not with a misspelt event type', () => {
    const misspelt = { where: 'here', code: `import { ofType } from 'rxclaude';\nofType('tool_cal');` };
    expect(compile([...snippets, misspelt])).toEqual([
      expect.stringMatching(/^here \(2,8\): error TS2345: .*"tool_cal"/),
    ]);
  }, 60_000);
});
