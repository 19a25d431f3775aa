const FUNCTIONS: Record<string, (value: number) => number> = {
  sqrt: Math.sqrt,
  abs: Math.abs,
  round: Math.round,
  ln: Math.log,
  log: Math.log10,
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
};
const CONSTANTS: Record<string, number> = { pi: Math.PI, e: Math.E };
const TOKEN = /\s*(\d+(?:\.\d+)?(?:e[+-]?\d+)?|\.\d+|[a-z]+|[-+*/^()])/iy;

/**
 * Works out an arithmetic expression: `+ - * / ^`, brackets, a few functions and constants. It parses, and never runs code.
 *
 * ```text
 * sum     = product { (+|-) product }
 * product = factor { (*|/) factor }
 * factor  = (-|+) factor | atom [ ^ factor ]
 * atom    = number | constant | function ( sum ) | ( sum )
 * ```
 */
export function evaluate(expression: string): number {
  if (expression.length > 500) throw new Error('The expression is longer than 500 characters.');
  const tokens = tokensOf(expression);
  let at = 0;

  const take = (...wanted: string[]): string | undefined => {
    const token = tokens[at];
    if (token === undefined || !wanted.includes(token)) return undefined;
    at += 1;
    return token;
  };
  const close = (value: number): number => {
    if (take(')') === undefined) throw new Error('A closing bracket is missing.');
    return value;
  };
  const sum = (): number => {
    let value = product();
    for (let sign = take('+', '-'); sign !== undefined; sign = take('+', '-')) {
      value += sign === '+' ? product() : -product();
    }
    return value;
  };
  const product = (): number => {
    let value = factor();
    for (let sign = take('*', '/'); sign !== undefined; sign = take('*', '/')) {
      value *= sign === '*' ? factor() : 1 / factor();
    }
    return value;
  };
  const factor = (): number => {
    if (take('-') !== undefined) return -factor();
    if (take('+') !== undefined) return factor();
    const base = atom();
    return take('^') === undefined ? base : base ** factor();
  };
  const atom = (): number => {
    if (take('(') !== undefined) return close(sum());
    const token = tokens[at] ?? 'the end';
    at += 1;
    if (/^[\d.]/u.test(token)) return Number(token);
    const constant = Object.hasOwn(CONSTANTS, token) ? CONSTANTS[token] : undefined;
    if (constant !== undefined) return constant;
    const apply = Object.hasOwn(FUNCTIONS, token) ? FUNCTIONS[token] : undefined;
    if (apply === undefined) throw new Error(`Did not expect ${token}. Known are + - * / ^ ( ) and ${known()}.`);
    if (take('(') === undefined) throw new Error(`${token} needs brackets.`);
    return apply(close(sum()));
  };

  const value = sum();
  if (at < tokens.length) throw new Error(`Did not expect ${String(tokens[at])} after a complete expression.`);
  if (!Number.isFinite(value)) throw new Error('The result is not a finite number.');
  return Number(value.toPrecision(15));
}

function tokensOf(expression: string): string[] {
  const tokens: string[] = [];
  const text = expression.trim();
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const start = TOKEN.lastIndex;
    const token = TOKEN.exec(text)?.[1];
    if (token === undefined) throw new Error(`Did not expect ${text.slice(start).trim().charAt(0)}.`);
    tokens.push(token.toLowerCase());
  }
  return tokens;
}

function known(): string {
  return [...Object.keys(FUNCTIONS), ...Object.keys(CONSTANTS)].join(', ');
}
