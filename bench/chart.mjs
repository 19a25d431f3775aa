// Draws what `--save` has measured. `node chart.mjs` draws the last saved run again, from temp/results.json.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const width = 920;
const left = 300;
const right = 790;
const bar = 13;
const rowGap = 9;
const head = 66;
const foot = 46;

const style = `
  text { font: 13px system-ui, sans-serif; fill: #24292f; }
  .title { font-size: 16px; font-weight: 600; }
  .small { font-size: 11.5px; fill: #59636e; }
  .value { font-size: 11.5px; paint-order: stroke; stroke: #ffffff; stroke-width: 3px; }
  .grid { stroke: #d1d9e0; }
  .one { stroke: #59636e; stroke-dasharray: 4 3; }
  .ours { fill: #c2410c; }
  .theirs { fill: #57789c; }
  .spread { stroke: #24292f; }
  .paper { fill: #ffffff; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .small { fill: #9198a1; }
    .value { stroke: #0d1117; }
    .grid { stroke: #30363d; }
    .one { stroke: #9198a1; }
    .ours { fill: #fb923c; }
    .theirs { fill: #6d94c0; }
    .spread { stroke: #e6edf3; }
    .paper { fill: #0d1117; }
  }`;
const shades = [1, 0.62, 0.34];

/** The chart of a run, as the text of a self-contained SVG. */
export function chartText({ scenarios, date }) {
  let top = 40;
  const panels = panelsOf(scenarios).map((panel) => {
    const drawn = drawPanel(panel, top);
    top += panelHeight(panel);
    return drawn;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${top}" role="img" aria-labelledby="name">
<title id="name">rxclaude beside its peers: smaller is better</title>
<style>${style}
</style>
<rect class="paper" width="${width}" height="${top}"/>
${text(20, 26, `Median and quartiles, ${date}. Smaller is better everywhere. A scale that does not begin at 0 is logarithmic.`, { kind: 'small' })}
${panels.join('\n')}
</svg>
`;
}

/** A panel for each table that asks to be drawn. */
function panelsOf(scenarios) {
  return scenarios.flatMap(({ title, tables }) =>
    tables
      .filter(({ chart, rows }) => chart.length > 0 && rows.length > 0)
      .map((table) => ({
        title,
        subtitle: subtitleOf(table),
        series: table.chart.map((at) => table.columns[at]),
        rows: table.rows
          .map(({ row, cells }) => ({ row, cells: table.chart.map((at) => cells[at]) }))
          .filter(({ cells }) => cells.some(Boolean)),
      })),
  );
}

/** What the bars show: the table's title, with the column's where there is but one. */
const subtitleOf = ({ title, unit, chart, columns }) =>
  [title, ...(chart.length === 1 ? [columns[chart[0]]] : []), ...(unit ? [unit] : [])].join(', ');

const rowHeight = ({ series }) => series.length * bar + rowGap;
const panelHeight = (panel) => head + panel.rows.length * rowHeight(panel) + foot;

function drawPanel(panel, top) {
  const scale = createScale(panel.rows.flatMap(({ cells }) => cells.filter(Boolean)));
  const bottom = top + head + panel.rows.length * rowHeight(panel);
  return [
    text(20, top + 18, panel.title, { kind: 'title' }),
    text(20, top + 37, panel.subtitle, { kind: 'small' }),
    drawLegend(panel.series, top + 48),
    drawAxis(scale, top + head - 4, bottom),
    ...panel.rows.map((row, at) => drawRow(row, scale, top + head + at * rowHeight(panel))),
  ].join('\n');
}

function drawLegend(series, y) {
  if (series.length < 2) return '';
  return series
    .map((name, at) => {
      const x = left + at * 175;
      return `${rect(x, y, 10, 10, 'theirs', shades[at])}${text(x + 15, y + 9, name, { kind: 'small' })}`;
    })
    .join('');
}

function drawAxis({ at, ticks }, top, bottom) {
  return ticks
    .map((tick) => {
      const x = at(tick);
      const kind = tick === 1 ? 'one' : 'grid';
      const line = `<line class="${kind}" x1="${x}" y1="${top}" x2="${x}" y2="${bottom}"/>`;
      return line + text(x, bottom + 16, String(tick), { kind: 'small', anchor: 'middle' });
    })
    .join('');
}

function drawRow({ row, cells }, scale, top) {
  const kind = row.startsWith('rxclaude') ? 'ours' : 'theirs';
  const middle = top + (cells.length * bar) / 2 + 4;
  const bars = cells.map((cell, at) => (cell ? drawBar(cell, scale, top + at * bar, kind, shades[at]) : ''));
  return text(left - 10, middle, row, { anchor: 'end' }) + bars.join('');
}

function drawBar({ low, middle, high }, { at, start }, top, kind, shade) {
  const end = at(middle);
  const center = top + bar / 2;
  const beyond = Math.max(end, at(high)) + 6;
  const value = middle >= 100 ? middle.toFixed(0) : middle.toPrecision(3);
  return [
    rect(start, top + 1, Math.max(end - start, 1), bar - 2, kind, shade),
    `<line class="spread" x1="${at(low)}" y1="${center}" x2="${at(high)}" y2="${center}"/>`,
    text(beyond, center + 4, value, { kind: 'value' }),
  ].join('');
}

/** A scale from 0 where that shows all values well, else a logarithmic one. */
function createScale(cells) {
  // What is next to nothing, or less, is drawn as the shortest bar there is.
  const lowest = Math.max(0.1, Math.min(...cells.map(({ middle }) => middle)));
  const highest = Math.max(...cells.map(({ high }) => high)) * 1.02;
  return highest / lowest > 12 ? logarithmic(lowest, highest) : linear(highest);
}

function linear(highest) {
  const step = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 500, 2000].find((size) => highest / size <= 8) ?? highest;
  const ticks = Array.from({ length: Math.floor(highest / step) + 1 }, (_, at) => Number((at * step).toPrecision(3)));
  return { at: (value) => place(value / highest), start: left, ticks };
}

function logarithmic(lowest, highest) {
  const from = Math.log10(Math.min(lowest * 0.8, 0.9));
  const to = Math.log10(highest);
  const at = (value) => place((Math.log10(Math.max(value, 10 ** from)) - from) / (to - from));
  const steps = to - from > 2.5 ? [1] : [1, 2, 5];
  const decades = Array.from({ length: Math.ceil(to) - Math.floor(from) + 1 }, (_, at) => Math.floor(from) + at);
  const ticks = decades.flatMap((power) => steps.map((step) => Number((step * 10 ** power).toPrecision(2))));
  return { at, start: left, ticks: ticks.filter((tick) => Math.log10(tick) >= from && Math.log10(tick) <= to) };
}

/** The x of a share of the scale. */
const place = (share) => round(left + share * (right - left));

const round = (number) => Math.round(number * 10) / 10;

const rect = (x, y, w, h, kind, shade) =>
  `<rect class="${kind}" x="${x}" y="${y}" width="${round(w)}" height="${h}" opacity="${shade}" rx="1.5"/>`;

const text = (x, y, content, { kind, anchor }) =>
  `<text x="${x}" y="${y}"${kind ? ` class="${kind}"` : ''}${anchor ? ` text-anchor="${anchor}"` : ''}>${escape(content)}</text>`;

const escape = (content) => content.replace(/[&<>]/g, (mark) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[mark]);

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = fileURLToPath(new URL('.', import.meta.url));
  const run = JSON.parse(readFileSync(join(folder, 'temp/results.json'), 'utf8'));
  writeFileSync(join(folder, 'results.svg'), chartText(run));
}
