import { quantile } from './statistics.mjs';

/**
 * Collects the cells that children report. A cell is `{ table, row?, column, values }`; without a row of its own it
 * belongs to its contender's.
 */
export function createResults(scenario) {
  const cells = new Map();
  const rows = [];
  const skipped = new Map();

  return {
    add({ name, skipped: reason, cells: added = [] }) {
      if (reason) skipped.set(name, reason);
      for (const { table, row = name, column, values } of added) {
        const key = JSON.stringify([table, row, String(column)]);
        cells.set(key, [...(cells.get(key) ?? []), ...values]);
        if (!rows.includes(row)) rows.push(row);
      }
    },
    /** Plain data, for tables, charts and files. */
    summary: () => ({
      name: scenario.name,
      title: scenario.title,
      about: scenario.about.replaceAll('\n', ' '),
      skipped: [...skipped],
      tables: scenario.tables.map((table) => summarise(table, rows, cells)),
    }),
  };
}

function summarise({ id, title, unit, columns, chart = [] }, rows, cells) {
  const cell = (row, column) => spread(cells.get(JSON.stringify([id, row, column])));
  const filled = rows
    .map((row) => ({ row, cells: Object.keys(columns).map((column) => cell(row, column)) }))
    .filter((line) => line.cells.some(Boolean));
  // A column that this run had no size for is left out.
  const used = Object.keys(columns).filter((_, at) => filled.some((line) => line.cells[at]));
  const at = used.map((column) => Object.keys(columns).indexOf(column));
  return {
    title,
    unit,
    columns: used.map((column) => columns[column]),
    chart: chart.map((column) => used.indexOf(column)).filter((place) => place >= 0),
    rows: filled.map(({ row, cells: line }) => ({ row, cells: at.map((place) => line[place]) })),
  };
}

/** Median and quartiles; `null` where nothing was measured. */
function spread(values) {
  if (values === undefined || values.length === 0) return null;
  const [low, middle, high] = [0.25, 0.5, 0.75].map((share) => quantile(values, share));
  return { low, middle, high, count: values.length };
}
