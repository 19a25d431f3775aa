import { readXml, type XmlElement } from './readXml.js';

/** A text or a marble of a picture, and the room that it takes up. */
export interface Box {
  readonly what: string;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** The width of a character of SF Mono, the widest of the fonts, and of one that is taken from another font. */
const widthOf = (character: string): number => (/[\u0020-\u10ff‐-…]/.test(character) ? 0.618 : 1.08);

/** All texts and marbles of a picture. The letter of a marble is a part of it. */
export function boxesOf(svg: string): { readonly boxes: readonly Box[]; readonly view: Box } {
  const root = readXml(svg);
  const boxes: Box[] = [];
  const visit = (element: XmlElement, x: number, y: number): void => {
    const [, dx = '0', dy = '0'] =
      /^translate\(([-\d.]+) ([-\d.]+)\)$/.exec(element.attributes['transform'] ?? '') ?? [];
    const [left, top] = [x + Number(dx), y + Number(dy)];
    if (element.name === 'text') boxes.push(boxOfText(element, left, top));
    const isMarble = element.attributes['class']?.startsWith('marble') ?? false;
    if (isMarble) boxes.push(boxOfMarble(element, left, top));
    else for (const child of element.children) visit(child, left, top);
  };
  visit(root, 0, 0);
  const [left = 0, top = 0, width = 0, height = 0] = (root.attributes['viewBox'] ?? '').split(' ').map(Number);
  return { boxes, view: { what: 'the view', left, top, right: left + width, bottom: top + height } };
}

function boxOfText({ attributes, text }: XmlElement, x: number, y: number): Box {
  const size = Number(attributes['font-size']);
  const width = [...text].reduce((sum, character) => sum + widthOf(character) * size, 0);
  const before = { start: 0, middle: width / 2, end: width }[attributes['text-anchor'] ?? 'start'] ?? NaN;
  const left = x + Number(attributes['x']) - before;
  const baseline = y + Number(attributes['y']);
  return { what: text, left, right: left + width, top: baseline - 0.8 * size, bottom: baseline + 0.25 * size };
}

function boxOfMarble({ children }: XmlElement, x: number, y: number): Box {
  const { attributes } = children.find(({ name }) => name === 'circle')!;
  const [middle, height, radius] = [
    x + Number(attributes['cx']),
    y + Number(attributes['cy']),
    Number(attributes['r']),
  ];
  const what = `(${children.find(({ name }) => name === 'text')!.text})`;
  return { what, left: middle - radius, right: middle + radius, top: height - radius, bottom: height + radius };
}

/** What lies on something else, or outside of the picture. */
export function problemsOf(svg: string): string[] {
  const { boxes, view } = boxesOf(svg);
  const problems = boxes.filter((box) => !isWithin(box, view)).map(({ what }) => `${what} is clipped`);
  const sorted = [...boxes].sort((one, other) => one.left - other.left);
  sorted.forEach((one, at) => {
    for (const other of sorted.slice(at + 1)) {
      if (!(other.left < one.right - 0.2)) break;
      if (other.top < one.bottom - 0.2 && one.top < other.bottom - 0.2)
        problems.push(`${one.what} meets ${other.what}`);
    }
  });
  return problems;
}

function isWithin({ left, right, top, bottom }: Box, view: Box): boolean {
  return left >= view.left && right <= view.right && top >= view.top && bottom <= view.bottom;
}
