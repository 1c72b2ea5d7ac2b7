// Long work cut into steps: whoever runs it may answer somebody else in between.

export type Steps<T> = Generator<undefined, T, undefined>;

/** All of it, at once. */
export function finish<T>(steps: Steps<T>): T {
  let step = steps.next();
  while (!step.done) step = steps.next();
  return step.value;
}

/** The same steps, given up (undefined) once `holds` is false after one: something changed in between. */
export function* asLongAs<T>(holds: () => boolean, steps: Steps<T>): Steps<T | undefined> {
  for (let step = steps.next(); ; step = steps.next()) {
    if (step.done) return step.value;
    yield;
    if (!holds()) return undefined;
  }
}
