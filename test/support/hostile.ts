const throwing = (): never => {
  throw new Error('It was looked at.');
};

const revoked = Proxy.revocable({}, {});
revoked.revoke();

/** Values that throw when they are looked at. */
export const hostile: readonly unknown[] = [
  new Proxy({}, { get: throwing, has: throwing, getPrototypeOf: throwing, ownKeys: throwing }),
  new Proxy(new Error('x'), { get: throwing, has: throwing, getPrototypeOf: throwing, ownKeys: throwing }),
  revoked.proxy,
];
