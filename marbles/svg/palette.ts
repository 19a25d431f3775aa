/** A colour, in a light and in a dark surrounding. */
interface Colour {
  readonly light: string;
  readonly dark: string;
}

/**
 * The colours of a picture. The hues of the lanes are blue, green, amber and vermilion, which nobody takes for each other,
 * and no colour says what a letter, a line or a word does not say, too.
 */
const PALETTE = {
  background: { light: '#ffffff', dark: '#11151d' },
  ink: { light: '#1c2330', dark: '#e7ebf2' },
  muted: { light: '#5a6475', dark: '#9ca8ba' },
  line: { light: '#a9b2c0', dark: '#596477' },
  grid: { light: '#eef1f5', dark: '#1c222d' },
  claude: { light: '#0a64ad', dark: '#6cbcf7' },
  'claude-fill': { light: '#dfeefb', dark: '#12334f' },
  call: { light: '#007a5e', dark: '#45d1a4' },
  'call-fill': { light: '#d9f2e9', dark: '#0e3b2f' },
  approval: { light: '#946300', dark: '#f0c053' },
  'approval-fill': { light: '#fcefcc', dark: '#42330d' },
  result: { light: '#454f61', dark: '#b6c0d0' },
  'result-fill': { light: '#eef1f5', dark: '#252c39' },
  error: { light: '#c03d0c', dark: '#ff8f66' },
  'on-error': { light: '#ffffff', dark: '#1f0d05' },
} as const satisfies Readonly<Record<string, Colour>>;

/** The name of a colour. */
export type ColourName = keyof typeof PALETTE;

/** The custom properties of one surrounding. */
export function customProperties(surrounding: keyof Colour): string {
  return Object.entries(PALETTE)
    .map(([name, colour]) => `--marbles-${name}:${colour[surrounding]}`)
    .join(';');
}

/** A declaration, twice: programs that know no custom properties show the light colour, and not black. */
export function paint(property: 'fill' | 'stroke', name: ColourName): string {
  return `${property}:${PALETTE[name].light};${property}:var(--marbles-${name})`;
}
