import { oscAnswers, oscFeedback, oscOwn, oscPrefix } from './addresses.ts';

/**
 * Scripts that Open Stage Control runs; its functions are `send`, `set` and timers with a name. It hands the text of a
 * script with “touch” in it to another event, so that none may contain the word.
 */

/** Ms between two renewals of the subscription, and until a piece that says nothing is taken for dead. */
export const contact = { renew: 10_000, silence: 25_000 } as const;
/** Ms for which something that happened is shown. */
const shown = { refusal: 30_000, loop: 5_000 } as const;

/** Widgets, by their ids, that scripts write into. */
export const written = { contact: 'contact', refusal: 'refusal', loop: 'loop_shown' } as const;

/** What the contact widget says; it begins with silence. */
export const contactWords = { answers: '^circle In contact', silent: '^ban No answer' } as const;

/**
 * Renews the subscription while the session is open somewhere; the first time a moment after it opened, when Open Stage
 * Control knows where to send to.
 */
export const stayInContact = [
  `var tell = () => { send('${oscOwn.subscribe.address}'); send('${oscOwn.ping.address}') }`,
  "setTimeout('soon', tell, 500)",
  `setInterval('often', tell, ${contact.renew})`,
].join('\n');

const show = (id: string, words: string): string => `set('${id}', ${words}, {send: false})`;
const showFor = (id: string, words: string, ms: number, after: string): string =>
  [show(id, words), `setTimeout('over', () => ${show(id, `'${after}'`)}, ${ms})`].join('\n');

/** What is done when something is received that the piece tells. */
export const receivers = [
  {
    of: oscAnswers.pong,
    script: showFor(written.contact, `'${contactWords.answers}'`, contact.silence, contactWords.silent),
  },
  {
    of: oscAnswers.error,
    script: showFor(
      written.refusal,
      `String(value[0]).replace('${oscPrefix}/', '') + ': ' + value[1]`,
      shown.refusal,
      '',
    ),
  },
  { of: oscFeedback.loop, script: showFor(written.loop, "'^circle'", shown.loop, '') },
] as const;

/** A field that is sent once, when Enter is pressed or it is left, and is empty again: leaving it sends nothing more. */
export const sendAndClear = (address: string): string =>
  `if (value !== '') { send('${address}', value); set('this', '', {send: false}) }`;

/** A button that sends one value. */
export const sendText = (address: string, text: string): string => `send('${address}', '${text}')`;

/** A number that can be read and typed: it is sent only where it reads otherwise than what was received or sent last. */
export const sendChanged = (address: string, decimals: number): string =>
  [
    `var read = value === '' || isNaN(value) ? null : Number(value).toFixed(${decimals})`,
    "if (read === null) set('this', locals.read === undefined ? '' : Number(locals.read), {send: false})",
    `else if (read !== locals.read) { locals.read = read; send('${address}', Number(read)) }`,
  ].join('\n');
