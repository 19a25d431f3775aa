import { customProperties, paint } from './palette.js';

/** What the picture's class is. Its rules hold within it only, wherever the picture is put into a page. */
export const ROOT_CLASS = 'rxclaude-marbles';

const TONES = ['claude', 'call', 'approval', 'result'] as const;

/** The style sheet of a picture. */
export function createStyle(): string {
  const rules: readonly (readonly [selector: string, declarations: string])[] = [
    ['.background', paint('fill', 'background')],
    ['text', paint('fill', 'ink')],
    ['.muted', paint('fill', 'muted')],
    ['.strong', 'font-weight:600'],
    ['.halo', `paint-order:stroke;stroke-width:4px;stroke-linejoin:round;${paint('stroke', 'background')}`],
    ['.line', `fill:none;stroke-linecap:round;${paint('stroke', 'line')}`],
    ['.grid', `fill:none;${paint('stroke', 'grid')}`],
    ['.stroke', 'fill:none;stroke-linecap:round'],
    ['circle', 'stroke-width:1.5px'],
    ['.letter', 'font-weight:600'],
    ...TONES.flatMap((tone) => [
      [`.${tone} circle,.${tone} .inside`, paint('fill', `${tone}-fill`)] as const,
      [`.${tone} circle,.${tone} .stroke`, paint('stroke', tone)] as const,
      [`.${tone} .tone`, paint('fill', tone)] as const,
    ]),
    ['.error circle', `${paint('fill', 'error')};${paint('stroke', 'error')}`],
    ['.error .letter', paint('fill', 'on-error')],
    ['.error .tone', paint('fill', 'error')],
    ['.error .stroke', paint('stroke', 'error')],
    ['.shade', `fill-opacity:.06;${paint('fill', 'error')}`],
    ['.hatch', `fill:none;stroke-opacity:.22;${paint('stroke', 'error')}`],
    ['.edge', `fill:none;${paint('stroke', 'error')}`],
  ];
  const within = rules.map(([selector, declarations]) => `${scoped(selector)}{${declarations}}`).join('');
  return (
    `.${ROOT_CLASS}{${customProperties('light')}}${within}` +
    `@media (prefers-color-scheme:dark){.${ROOT_CLASS}{${customProperties('dark')}}}`
  );
}

function scoped(selectors: string): string {
  return selectors
    .split(',')
    .map((selector) => `.${ROOT_CLASS} ${selector}`)
    .join(',');
}
