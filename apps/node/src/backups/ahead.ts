/** Objects asked for before they are needed: a place that is far away answers some of them meanwhile. */
const AHEAD = 8;

/** Results of the work in the order of the items, begun for some of them ahead. Throws the first failure, in that order. */
export async function* ahead<Item, Result>(
  items: Iterable<Item>,
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  const begun: Promise<Result>[] = [];
  for (const item of items) {
    const result = work(item);
    // Whoever waits for it is told; nobody waits for those behind a failure.
    result.catch(() => undefined);
    begun.push(result);
    if (begun.length === AHEAD) yield await begun.shift()!;
  }
  for (const result of begun) yield await result;
}
