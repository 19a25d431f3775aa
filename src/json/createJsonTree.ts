import { isObject } from '../values/isObject.js';

type Container = Record<string, unknown> | unknown[];

/** A container that is or was open: levels are reused, because there may be very many containers. */
interface Level {
  container: Container;
  /** Its key in the object around it. */
  key: string;
  /** When it last changed. */
  changed: number;
  /** Its last copy, and when it was made. */
  copy: Container | undefined;
  copied: number;
}

/** A JSON value that grows in place, and copies of it that do not. */
export interface JsonTree {
  /** Sets the key of the next value in an object. */
  setKey(name: string): void;
  /** Adds a value to the innermost open container. */
  put(value: unknown): void;
  /** Replaces the value that was put last. */
  replace(value: string): void;
  open(container: Container): void;
  /** Closes the innermost container. */
  close(): void;
  /** How many containers are open. */
  depth(): number;
  /** Whether the innermost open container is an array. */
  inArray(): boolean;
  /** The value so far, which grows in place; `undefined` before the first. */
  value(): unknown;
  /**
   * The value so far, frozen. What has not changed since the last snapshot is the same object; what is open is copied, so
   * one snapshot costs the fields and items of the open containers.
   */
  snapshot(): unknown;
}

/** Makes an empty tree. */
export function createJsonTree(): JsonTree {
  const levels: Level[] = [];
  let depth = 0;
  let top: Level | undefined;
  let root: unknown;
  let key = '';
  let now = 0;
  /** Whether closed containers are frozen: from the first snapshot on, because snapshots share them. */
  let freezing = false;

  const put = (value: unknown): void => {
    if (top === undefined) {
      root = value;
      return;
    }
    const { container } = top;
    if (Array.isArray(container)) container.push(value);
    else define(container, key, value);
    top.changed = ++now;
  };
  /** A copy of an open container, with the copy of the container that is open in it. */
  const copy = ({ container }: Level, inner: Level | undefined): Container => {
    const copied: Container = Array.isArray(container) ? [...container] : { ...container };
    if (inner !== undefined) setLast(copied, inner.key, inner.copy);
    return Object.freeze(copied) as Container;
  };

  return {
    setKey(name) {
      key = name;
    },
    put,
    replace(value) {
      if (top === undefined) {
        root = value;
        return;
      }
      setLast(top.container, key, value);
      top.changed = ++now;
    },
    open(container) {
      put(container);
      top = levels[depth] ??= { container, key, changed: now, copy: undefined, copied: -1 };
      top.container = container;
      top.key = key;
      top.changed = now;
      top.copy = undefined;
      top.copied = -1;
      depth++;
    },
    close() {
      const closed = top;
      if (closed === undefined) return;
      depth--;
      top = levels[depth - 1];
      if (freezing) Object.freeze(closed.container);
      // A snapshot has handed out this copy and it is still current: it stays the same object.
      const kept = closed.copied >= closed.changed ? closed.copy : undefined;
      if (top === undefined) root = kept ?? root;
      else {
        if (kept !== undefined) setLast(top.container, closed.key, kept);
        top.changed = Math.max(top.changed, closed.changed);
      }
    },
    depth: () => depth,
    inArray: () => top !== undefined && Array.isArray(top.container),
    value: () => root,
    snapshot() {
      const open = levels.slice(0, depth);
      if (!freezing) freezeClosed(root, new Set(open.map(({ container }) => container)));
      freezing = true;
      let inner: Level | undefined;
      let stale = false;
      for (const level of open.reverse()) {
        stale ||= level.copied < level.changed;
        if (stale) {
          level.copy = copy(level, inner);
          level.copied = now;
        }
        inner = level;
      }
      return inner === undefined ? root : inner.copy;
    },
  };
}

/** Freezes all closed containers in a value. */
function freezeClosed(value: unknown, open: ReadonlySet<unknown>): void {
  if (!isObject(value)) return;
  for (const inner of Object.values(value)) freezeClosed(inner, open);
  if (!open.has(value)) Object.freeze(value);
}

/** Replaces the value that was put last into a container: its last item, or the field with this key. */
function setLast(container: Container, key: string, value: unknown): void {
  if (Array.isArray(container)) container[container.length - 1] = value;
  else define(container, key, value);
}

/** Sets a key as `JSON.parse` does: `__proto__` becomes an ordinary field. */
function define(target: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__') {
    Object.defineProperty(target, key, { value, configurable: true, enumerable: true, writable: true });
  } else target[key] = value;
}
