import { FamiliarError, messageOf } from '../errors.ts';

/** What a `RequestProcess` sends. */
export type ToAnswerer<Request> = { readonly request: Request } | { readonly ping: true };

export type FromAnswerer<Answer> =
  | { readonly type: 'ready' }
  | { readonly type: 'pong' }
  | { readonly type: 'answer'; readonly answer: Answer }
  | { readonly type: 'failed'; readonly code: string; readonly message: string };

/**
 * The child's side of `RequestProcess`: answers requests in their order until the parent is gone.
 *
 * @param prepare waited for before the first request; where it fails, every request fails with its error
 */
export function answerRequests<Request, Answer>(
  prepare: () => Promise<unknown>,
  answer: (request: Request) => Promise<Answer>,
): void {
  const send = (message: FromAnswerer<Answer>) => void process.send?.(message);
  const prepared = prepare();
  let last: Promise<void> = prepared.then(
    () => send({ type: 'ready' }),
    () => send({ type: 'ready' }),
  );
  process.on('message', (message: ToAnswerer<Request>) => {
    last = last.then(async () => {
      if ('ping' in message) return send({ type: 'pong' });
      const answered = await prepared
        .then(() => answer(message.request))
        .then(
          (value): FromAnswerer<Answer> => ({ type: 'answer', answer: value }),
          (error): FromAnswerer<Answer> => ({
            type: 'failed',
            code: error instanceof FamiliarError ? error.code : '',
            message: messageOf(error),
          }),
        );
      send(answered);
    });
  });
  // Ctrl-C reaches every process of a terminal: the parent decides what it means.
  process.on('SIGINT', () => {});
  process.on('disconnect', () => process.exit());
}
