/** A place where `size` callers wait until all of them are there, so that what they do next happens at the same moment. */
export function meetingOf(size: number): () => Promise<void> {
  let missing = size;
  let open = () => {};
  const everyone = new Promise<void>((resolve) => {
    open = resolve;
  });
  return () => {
    missing -= 1;
    if (missing <= 0) open();
    return everyone;
  };
}
