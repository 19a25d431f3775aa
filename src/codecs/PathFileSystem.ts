/** What `pathInside` asks a file system. `node:fs` fits as it is, and so does anything that behaves like it. */
export interface PathFileSystem {
  /** The absolute path behind all links. Throws when there is nothing, or when links lead nowhere or round. */
  realpathSync(path: string): string;
  /** What lies at a path, without following a last link. Throws an error of `code` `ENOENT` when there is nothing. */
  lstatSync(path: string): { isDirectory(): boolean };
}
