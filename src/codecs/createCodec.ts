import type * as t from 'io-ts';

/**
 * Makes what io-ts's own constructor does, without io-ts: the library has only its types. As there, all functions but
 * the last two can be called without their codec.
 */
export function createCodec<A, O, I>(
  name: string,
  is: t.Is<A>,
  validate: t.Validate<I, A>,
  encode: t.Encode<A, O>,
): t.Type<A, O, I> {
  const codec: Omit<t.Type<A, O, I>, '_A' | '_O' | '_I'> = {
    name,
    is,
    validate,
    encode,
    decode: (input: I) => validate(input, [{ key: '', type: codec, actual: input }]),
    pipe(next, label = `pipe(${name}, ${next.name})`) {
      const first = { validate: this.validate, encode: this.encode };
      const both: t.Validate<I, t.TypeOf<typeof next>> = (input, context) => {
        const checked = first.validate(input, context);
        return checked._tag === 'Left' ? checked : next.validate(checked.right, context);
      };
      return createCodec(label, next.is, both, (value) => first.encode(next.encode(value)));
    },
    asDecoder() {
      return this;
    },
    asEncoder() {
      return this;
    },
  };
  return codec as t.Type<A, O, I>;
}
