import type { PageMeta, paths } from '@appstead/contract';
import type { MaybeOptionalInit } from 'openapi-fetch';
import type { AppsteadClient } from './create-client.ts';
import { type Result, unwrap } from './problem.ts';

type Answer<Path extends keyof paths> = paths[Path] extends {
  get: { responses: { 200: { content: { 'application/json': infer Body } } } };
}
  ? Body
  : never;
type ListKey<Body> = { [Key in Exclude<keyof Body, 'success' | 'meta'>]: Body[Key] extends unknown[] ? Key : never }[Exclude<
  keyof Body,
  'success' | 'meta'
>];

/** The paths whose GET answers a page: one list beside `success` and `meta`. */
export type ListPath = {
  [Path in keyof paths]: [Answer<Path>] extends [never] ? never : Answer<Path> extends { meta: PageMeta } ? Path : never;
}[keyof paths];

/** The body of a page. */
export type Page<Path extends ListPath> = Answer<Path>;

/** What the list of a page holds. */
export type Item<Path extends ListPath> = Page<Path>[ListKey<Page<Path>>] extends (infer Each)[] ? Each : never;

/** The items of all pages, one after the other. Each iteration begins anew and asks for a page when it gets there. */
export type Paginated<Path extends ListPath> = AsyncIterable<Item<Path>> & {
  /** The pages themselves, for their `meta`, or to work page by page. */
  pages: () => AsyncIterable<Page<Path>>;
};

type ListInit<Path extends ListPath> =
  undefined extends MaybeOptionalInit<paths[Path], 'get'>
    ? [init?: MaybeOptionalInit<paths[Path], 'get'>]
    : [init: MaybeOptionalInit<paths[Path], 'get'>];

type AnyInit = { params?: { query?: { cursor?: string } } };
type AnyPage = { meta: PageMeta; [key: string]: unknown };

/**
 * Walks a list operation to its end by `meta.cursor`, from `params.query.cursor` if given. Iterating throws a ProblemError when a page answers
 * a problem, and what the client throws.
 */
export function paginate<Path extends ListPath>(client: AppsteadClient, path: Path, ...[init]: ListInit<Path>): Paginated<Path> {
  // Inside, `Path` stands for any list; the signature above has checked the caller's.
  const get = client.GET as unknown as (path: string, init?: AnyInit) => Promise<Result<AnyPage>>;

  async function* pages(): AsyncGenerator<AnyPage> {
    const { params, ...rest }: AnyInit = (init as AnyInit | undefined) ?? {};
    let query = params?.query;
    for (;;) {
      const page = unwrap(await get(path, { ...rest, params: { ...params, query } }));
      yield page;
      if (page.meta.cursor === null) return;
      query = { ...query, cursor: page.meta.cursor };
    }
  }

  async function* items(): AsyncGenerator<unknown> {
    for await (const page of pages()) {
      yield* Object.values(page).find(Array.isArray) as unknown[];
    }
  }

  return { pages, [Symbol.asyncIterator]: items } as unknown as Paginated<Path>;
}
