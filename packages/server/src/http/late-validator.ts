import type { Validator } from './validate.ts';

/** A validator that requests may ask while it is still being made: they wait. `compiled` rejects when the contract cannot be used. */
export function lateValidator(making: Promise<Validator>): { validate: Validator; compiled: Promise<void> } {
  let made: Validator | undefined;
  const compiled = making.then((validator) => {
    made = validator;
  });
  // Who awaits it hears of a failure. Before anybody does, it must not end the process as a fault that nobody caught.
  compiled.catch(() => undefined);
  return {
    validate: (req, res, operation) => (made ? made(req, res, operation) : making.then((late) => late(req, res, operation))),
    compiled,
  };
}
