/** What `pathInside` needs of a file system. `node:fs` fits, and so does anything that behaves like it. */
export interface PathFileSystem {
  /**
   * The absolute path with all links followed. Throws when there is nothing, or when links lead nowhere or in a circle.
   */
  realpathSync(path: string): string;
  /**
   * What is at a path, without following a final link. Throws an error with the `code` `ENOENT` when there is nothing.
   */
  lstatSync(path: string): { isDirectory(): boolean };
}
