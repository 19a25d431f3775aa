export { allowedUrl, type AllowedUrlOptions } from './allowedUrl.js';
export { boundedString, type BoundedStringOptions } from './boundedString.js';
export { identifier, type IdentifierOptions } from './identifier.js';
export type { PathFileSystem } from './PathFileSystem.js';
export { pathInside, type PathInsideOptions } from './pathInside.js';
