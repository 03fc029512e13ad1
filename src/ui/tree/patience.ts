/** Milliseconds after which a row, or the view, says that Azure has not answered. */
export const patienceInMs = 10_000;
