// Who may import whom. The rooms, from the ground up:
//
//   values <- errors <- events <- { retry json rules message tools ioTs codecs debug history conversation } <- transport
//
//   transport  <- src/converse.ts <- adapters        the doors (index.ts) open onto all of them
//   operators  <-/                                   operators stand on the rooms, and know no network
//   the marble kit stands on the rooms and transport, never on operators; its recordings stand on it and on converse
//
// Imports of types count like any other, except where a rule says "at run time".

const ROOMS = 'retry|json|rules|message|tools|ioTs|codecs|debug|history|conversation';
const GROUND = 'values|errors|events';

/** Our own code, tests and examples included; what is left out of it is node_modules. */
const OURS = '^(src|operators|marbles|adapters|test|examples|bench|\\.ci)/';

/** What the package ships; of marbles it is the kit, not our own specs and what they stand on. */
const SHIPPED = { path: '^(src|operators|adapters|marbles)/', pathNot: '^marbles/specs/' };

/** `from` may import, of our own code, only itself and `allowed`. */
const room = (name, from, allowed, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { ...SHIPPED, path: from },
  to: { path: OURS, pathNot: [from, ...allowed] },
});

/** `from` must not import the packages `to`, unless only for their types. */
const runtime = (name, from, to, comment) => ({
  name,
  comment,
  severity: 'error',
  from,
  to: { dependencyTypesNot: ['type-only'], ...to },
});

const npm = (names) => `(^|/)node_modules/(${names})/`;

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    room('values-know-nobody', '^src/values/', [], 'Plain functions over plain values: the ground floor.'),
    room('errors-on-the-ground', '^src/errors/', ['^src/values/'], 'Every room raises errors, so errors know no room.'),
    room(
      'events-below-all-rooms',
      '^src/events/',
      ['^src/(errors|values)/'],
      'Events are the language of all rooms above them.',
    ),
    room(
      'rooms-of-plain-functions',
      `^src/(${ROOMS})/`,
      [`^src/(${GROUND})/`],
      'Plain functions over events: no network, no operators, so each can be tested without a clock or a client.',
    ),
    room(
      'transport-below-operators',
      '^src/transport/',
      [`^src/(${GROUND}|${ROOMS})/`],
      'The one place that talks to the network turns a request into events, and knows nothing of what is done to them.',
    ),
    room(
      'operators-do-no-io',
      '^operators/',
      [`^src/(${GROUND}|${ROOMS})/`],
      'An operator that could reach transport could do I/O, and then no marble could test it.',
    ),
    room(
      'kit-is-not-built-on-operators',
      '^marbles/(?!(specs|recordings)/)',
      [`^src/(${GROUND}|transport|${ROOMS})/`],
      'The marble kit tests the operators: built on them, a fault of theirs could hide itself.',
    ),
    room(
      'recordings-above-converse',
      '^marbles/recordings/',
      ['^marbles/(?!specs/)', `^src/(${GROUND}|transport|${ROOMS})/`, '^src/converse\\.ts$'],
      'A test of a recording is run before it is written, so recordings stand on the kit and on `converse`.',
    ),
    room(
      'converse-joins-them',
      '^src/converse\\.ts$',
      ['^operators/', `^src/(${GROUND}|transport|${ROOMS})/`],
      'The standard pipeline is made of transport and operators; it needs no door and no kit.',
    ),
    room(
      'adapters-come-last',
      '^adapters/',
      ['^(src|operators)/'],
      'An adapter is for one surrounding world; it stands on the library, never on tests or the kit.',
    ),
    {
      name: 'every-room-is-on-the-map',
      comment: 'A new folder or file in src belongs into the rules above before anybody may build on it.',
      severity: 'error',
      from: {},
      to: {
        path: '^src/',
        pathNot: [`^src/(${GROUND}|transport|${ROOMS})/`, '^src/(converse|index)\\.ts$'],
      },
    },
    {
      name: 'doors-are-for-visitors',
      comment: 'From the inside a door is a way round the rules above, and a cycle. Only a door may open onto a door.',
      severity: 'error',
      from: {
        ...SHIPPED,
        pathNot: [SHIPPED.pathNot, '(^|/)index\\.ts$', '^marbles/(jest|vitest)\\.ts$', '^adapters/'],
      },
      to: { path: '^(src|marbles)/.*index\\.ts$' },
    },
    {
      name: 'ships-no-tests',
      comment: 'The package holds src, operators, marbles and adapters: an import from elsewhere would dangle.',
      severity: 'error',
      from: SHIPPED,
      to: { path: '^(test|examples|bench|\\.ci|marbles/specs)/' },
    },
    {
      name: 'no-cycle',
      comment: 'A cycle means that neither module can be read, tested or bundled alone. Cycles of types count too.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-cycle-of-rooms',
      comment: 'Two rooms that need each other are one room.',
      severity: 'error',
      scope: 'folder',
      from: { path: `^src/(${ROOMS})$` },
      to: { circular: true, path: `^src/(${ROOMS})$` },
    },
    runtime(
      'logic-without-rxjs',
      { ...SHIPPED, path: '^src/(values|errors|events|retry|json|rules|message|debug|history|conversation)/' },
      { path: npm('rxjs') },
      'Logic is plain functions, so that a port to another Observable touches operators alone. (A tool may return one.)',
    ),
    runtime(
      'codecs-as-types',
      SHIPPED,
      { path: npm('io-ts|fp-ts') },
      'Both are optional in practice: who uses zod must not load them. A codec is read by its `_tag`.',
    ),
    runtime(
      'sdk-as-types',
      SHIPPED,
      { path: npm('@anthropic-ai/sdk') },
      'The SDK is 85 KB gzipped: a program over fetchClient does not have it, and any other passes in a client that has.',
    ),
    {
      name: 'vitest-in-its-door',
      comment: 'Vitest is an optional peer: a test in another framework must not load it.',
      severity: 'error',
      from: { ...SHIPPED, pathNot: [SHIPPED.pathNot, '^marbles/vitest\\.ts$'] },
      to: { path: npm('vitest') },
    },
    {
      name: 'no-dev-dependency',
      comment: 'A user has the dependencies and the peers, nothing else; types count, for they reach the declarations.',
      severity: 'error',
      from: SHIPPED,
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['npm', 'npm-peer'] },
    },
    {
      name: 'no-node-builtin',
      comment: 'The library runs in browsers and edge runtimes too.',
      severity: 'error',
      from: { ...SHIPPED, pathNot: [SHIPPED.pathNot, '^adapters/'] },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'is-declared',
      comment: 'A package that package.json does not name is there by luck.',
      severity: 'error',
      from: {},
      to: {
        dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'unknown', 'undetermined'],
        // An optional peer also stands in `peerDependenciesMeta`, which the tool does not know.
        dependencyTypesNot: ['npm-peer'],
      },
    },
    {
      name: 'resolves',
      comment: 'A path that leads nowhere escapes every rule above.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    // Tells imports that the compiler erases from those that stay.
    tsPreCompilationDeps: 'specify',
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'default'] },
  },
};
