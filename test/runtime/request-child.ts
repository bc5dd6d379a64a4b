import { answerRequests } from '../../server/runtime/answer-requests.ts';

/** The child of request-process.test.ts: does what the request says. */
answerRequests<string, string>(
  async () => {
    if (process.argv[2] === 'unprepared') throw new Error('nothing is prepared');
    if (process.argv[2] === 'never-ready') await new Promise(() => {});
  },
  async (request) => {
    if (request === 'fail') throw new Error('it failed');
    if (request === 'die') process.exit(5);
    if (request === 'hang') await new Promise(() => {});
    return `${request} by ${process.pid}`;
  },
);
