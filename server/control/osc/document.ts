import type { Parameter } from '../../protocol/parameters.ts';
import { oscAddresses, oscFeedback, oscOwn } from './addresses.ts';

/** docs/osc.md: every address, made from the same description that the server listens by. */
export function oscDocument(parameters: readonly Parameter[]): string {
  const addresses = oscAddresses(parameters);
  const parameterRows = addresses.flatMap(({ address, parameter }) =>
    parameter ? [row(address, rangeOf(parameter), defaultOf(parameter), parameter.help)] : [],
  );
  const commandRows = addresses
    .filter(({ parameter }) => parameter === null)
    .map(({ address, takes, help }) => row(address, takes.join(', '), help));
  const own = Object.values(oscOwn).map(({ address, takes, help }) => row(address, takes, help));
  const feedback = Object.values(oscFeedback).map(({ address, takes, help }) => row(address, takes, help));
  return `# OSC

The piece listens for OSC over UDP on port 9000 (\`osc: port\` in installation.yaml). Only computers that are named there
(\`osc: allow\`) are heard; at first that is the computer itself. Try it:

    oscsend localhost 9000 /familiar/pace f 30

Each command is answered with \`/familiar/ok <address>\` or \`/familiar/error <address> <reason>\`, to where it came from and to
the subscribed ports of the same computer. Bundles, time tags up to a minute ahead, and address patterns are understood.
Packets that are not are counted and ignored. This file is made from the description of the parameters; do not edit it.

## Live parameters

Send the value to change it, or nothing to be told it. Numbers may be int or float, switches 0 and 1 or true and false;
choices go by name or by place, counted from 0.

| address | value | default | |
|---|---|---|---|
${parameterRows.join('\n')}
| \`/familiar/direction/<name>\` | as the face pack says | 0 | Bends every face this way: age, smile, pose..., by the names of the pack’s directions. |

## Commands

A button that sends 1 when it is pressed and 0 when it is let go works: the 0 is ignored.

| address | arguments | |
|---|---|---|
${commandRows.join('\n')}

## Feedback

| address | arguments | |
|---|---|---|
${own.join('\n')}

A subscriber is sent all values at once, then every change: each parameter at its own address, and

| address | value | |
|---|---|---|
${feedback.join('\n')}

## A ready layout

\`docs/osc/familiar-faces.json\` is a session for [Open Stage Control](https://openstagecontrol.ammd.net): start it with
\`--send localhost:9000 --osc-port 9001 --load familiar-faces.json\`, and press “Subscribe”.
`;
}

const row = (address: string, ...cells: readonly string[]): string => `| ${[`\`${address}\``, ...cells].join(' | ')} |`;

function rangeOf(parameter: Parameter): string {
  switch (parameter.type) {
    case 'number':
      return `${parameter.min} to ${parameter.max}${parameter.unit ? ` ${parameter.unit}` : ''}`;
    case 'boolean':
      return '0 or 1';
    case 'choice':
      return parameter.choices.map(({ value }) => value).join(', ');
    case 'text':
      return `text of at most ${parameter.maxLength} characters`;
  }
}

const defaultOf = ({ default: value }: Parameter): string =>
  typeof value === 'boolean' ? String(Number(value)) : String(value);
