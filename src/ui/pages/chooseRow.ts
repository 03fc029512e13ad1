import { pick } from './pick.ts';
import type { Row } from './quickInput.ts';

/**
 * A page on its own, of rows that may have to be read. Undefined if the user left.
 * @param none what is said where there are no rows
 */
export async function chooseRow<T>(
  title: string,
  placeholder: string,
  rows: readonly Row<T>[] | (() => Promise<readonly Row<T>[]>),
  none?: string,
): Promise<T | undefined> {
  const answer = await pick<T>(
    { title, canGoBack: false },
    {
      placeholder,
      async load(show) {
        const read = typeof rows === 'function' ? await rows() : rows;
        show(read, read.length === 0 ? none : undefined);
      },
    },
  );
  return answer.kind === 'value' ? answer.value : undefined;
}
