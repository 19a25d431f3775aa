import { between, prose, seededRandom } from './random.mjs';

/** The JSON text of a tool input of about so many characters, in three shapes that parsers find easy or hard. */
export const shapes = {
  /** A list of small records. */
  records(length, seed = 1) {
    const random = seededRandom(seed);
    const records = [];
    for (let size = 0; size < length;) {
      const record = {
        id: records.length,
        name: prose(random, 12).trim(),
        price: between(random, 1, 99_999) / 100,
        tags: [prose(random, 4).trim(), prose(random, 4).trim()],
        active: random() < 0.5,
      };
      records.push(record);
      size += JSON.stringify(record).length + 1;
    }
    return JSON.stringify({ records });
  },

  /** One string, as when Claude writes a file: line breaks and quotes are escapes. */
  string(length, seed = 1) {
    const random = seededRandom(seed);
    const lines = [];
    for (let size = 0; size < length;) {
      const line = `  const ${prose(random, 6).trim().replaceAll(' ', '_')} = "${prose(random, 30).trim()}";`;
      lines.push(line);
      size += JSON.stringify(line).length;
    }
    return JSON.stringify({ path: 'src/main.ts', content: lines.join('\n') });
  },

  /** Trees of 200 levels, one after the other. */
  deep(length, seed = 1) {
    const random = seededRandom(seed);
    const trees = [];
    for (let size = 0; size < length;) {
      const tree = nest(random, 200);
      trees.push(tree);
      size += JSON.stringify(tree).length + 1;
    }
    return JSON.stringify({ trees });
  },
};

function nest(random, levels) {
  let tree = { leaf: prose(random, 8).trim() };
  for (let level = 0; level < levels; level++) {
    tree = level % 2 === 0 ? { level, child: tree } : { items: [tree], text: prose(random, 5).trim() };
  }
  return tree;
}
