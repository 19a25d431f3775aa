/** An element of an XML document. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** The text in it, that of its children included. */
  readonly text: string;
}

const NAME = String.raw`[A-Za-z][\w:-]*`;
const TAG = new RegExp(String.raw`^<(${NAME})((?:\s+${NAME}="[^"<]*")*)\s*(/?)>`);
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Cs}/u;
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Reads an XML document of one element. It is strict: whatever is not well-formed throws. */
export function readXml(xml: string): XmlElement {
  if (FORBIDDEN.test(xml)) throw new Error('A character that XML cannot hold');
  let at = 0;
  const fail = (problem: string): never => {
    throw new Error(`${problem} at ${at}: ${xml.slice(at, at + 60)}`);
  };
  const readElement = (): XmlElement => {
    const match = TAG.exec(xml.slice(at, at + 20_000)) ?? fail('No tag');
    const [whole, name = '', written = '', empty] = match;
    at += whole.length;
    const attributes = readAttributes(written);
    if (empty === '/') return { name, attributes, children: [], text: '' };
    const children: XmlElement[] = [];
    let text = '';
    for (;;) {
      const next = xml.indexOf('<', at);
      if (next === -1) fail(`<${name}> is not closed`);
      text += decode(xml.slice(at, next));
      at = next;
      const close = `</${name}>`;
      if (xml.startsWith('</', at)) {
        if (!xml.startsWith(close, at)) fail(`Not ${close}`);
        at += close.length;
        return { name, attributes, children, text };
      }
      const child = readElement();
      children.push(child);
      text += child.text;
    }
  };
  const root = readElement();
  if (at !== xml.length) fail('Something after the end');
  return root;
}

function readAttributes(written: string): Record<string, string> {
  const attributes: Record<string, string> = {};
  for (const [, name = '', value = ''] of written.matchAll(new RegExp(`(${NAME})="([^"]*)"`, 'g'))) {
    if (Object.hasOwn(attributes, name)) throw new Error(`Twice: ${name}`);
    attributes[name] = decode(value);
  }
  return attributes;
}

function decode(text: string): string {
  if (text.includes(']]>')) throw new Error(']]> in text');
  return text.replace(/&(\w*)(;?)/g, (entity, name: string, semicolon: string) => {
    const character = ENTITIES[name];
    if (character === undefined || semicolon === '') throw new Error(`Not an entity: ${entity}`);
    return character;
  });
}
