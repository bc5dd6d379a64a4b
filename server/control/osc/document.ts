import { directionReach, type Parameter } from '../../protocol/parameters.ts';
import { oscAddresses, oscAnswers, oscFeedback, oscOwn } from './addresses.ts';

/** Where the directions of a face pack are listened for: they are known only where the piece runs. */
const directions = '/familiar/direction/<name>';
const reach = `-${directionReach} to ${directionReach}`;

/** docs/osc.md: every address, made from the same description that the server listens by. */
export function oscDocument(parameters: readonly Parameter[]): string {
  const addresses = oscAddresses(parameters);
  const parameterRows = addresses.flatMap(({ address, parameter }) =>
    parameter ? [row(address, rangeOf(parameter), defaultOf(parameter), parameter.help)] : [],
  );
  const commandRows = addresses
    .filter(({ parameter }) => parameter === null)
    .map(({ address, takes, help }) => row(address, takes.join(', '), help));
  const told = (all: readonly Told[]) => all.map(({ address, takes, help }) => row(address, takes, help)).join('\n');
  return `# OSC

The piece listens for OSC over UDP, IPv4 and IPv6, on port 9000 (\`osc: port\` in installation.yaml). Only computers that
are named there (\`osc: allow\`) are heard; at first that is the computer itself. To let a tablet or a desk in, add its
address:

    osc:
      allow: [127.0.0.1, 192.168.1.20]

Try it, with the tools of liblo (Debian: \`liblo-tools\`), or with anything else that sends OSC:

    oscsend localhost 9000 /familiar/pace f 30

This file is made from the description of the parameters (\`npm run docs\`); do not edit it.

## Live parameters

Send the value to change it, or nothing to be told it. Numbers may be int or float, switches 0 and 1 or true and false;
choices go by name or by place, counted from 0. A value outside its range is refused, never bent.

| address | value | default | |
|---|---|---|---|
${parameterRows.join('\n')}
${row(directions, reach, '0', 'Bends every face this way: age, smile, pose..., by the names of the pack’s directions.')}

## Commands

| address | arguments | |
|---|---|---|
${commandRows.join('\n')}

A button may send 1 when it is pressed and 0 when it is let go: the 0 does nothing. What takes a name takes the button’s
value after it: \`/familiar/preset Evening 1\`. Nobody can consent for a visitor over OSC.

## Answers

To where a message came from, and to where that computer has subscribed.

| address | arguments | |
|---|---|---|
${told(Object.values(oscAnswers))}

## Feedback

| address | arguments | |
|---|---|---|
${told(Object.values(oscOwn))}

\`/familiar/subscribe\` may be sent by a button, whose 1 and 0 are no ports; ports begin at 1024. Renew it every ten seconds
or so. A subscriber is sent all values at once and with each renewal, and every change: each parameter at its own address,
and

| address | value | |
|---|---|---|
${told(Object.values(oscFeedback))}

Each value is sent 20 times a second at most, the newest always; no state, handover or loop is left out. A value that a
subscriber moves itself is sent back to it when it has been at rest for 300 ms, so that no fader is pulled from under a
finger; everybody else follows it as it moves. What was refused is sent back as it stands. Switches are told as 0 and 1,
choices by name.

## Bundles, patterns and limits

- **Time tags** in bundles are obeyed up to a minute ahead; what is late is done at once.
- **Patterns** (\`*\`, \`?\`, \`[a-z]\`, \`{pace,hold}\`) set values, all of one kind, that presets keep:
  \`/familiar/direction/* 0\`. They never give commands, nor reach what stops the show (blackout, freeze, camera...): such a
  pattern does nothing at all and is answered with an error. \`//\` is not understood.
- **Types**: int32, int64, float, double, string and symbol, true, false, nil and impulse (the bang of Max). A message with
  anything else (blobs, colours, MIDI, lists...) is answered with an error and counted; the rest of its bundle is done. The
  curator’s page shows the count, which includes everything that is not OSC.
- **Old and careless senders**: arguments without type tags are guessed (ints, floats, texts); missing and superfluous
  padding is forgiven; text is UTF-8, or Latin-1 where it cannot be that.
- **Limits**: packets of 8 kB; 500 messages a second from one sender, 1,000 at once; 100 answers a second to it;
  8 subscribers from one computer, 32 in all; 256 messages of one sender that wait for their time.

## Open Stage Control

[docs/osc/familiar-faces.json](osc/familiar-faces.json) is a session for [Open Stage Control](https://openstagecontrol.ammd.net)
1.29.8 or newer, with a control for each address. On the computer of the piece:

    open-stage-control --port 8081 --send localhost:9000 --osc-port 9001 --load docs/osc/familiar-faces.json

Its own pages need a port of their own (\`--port\`), because those of the piece are at 8080. Tablets and phones open
\`http://<this computer>:8081\`; the controls flow to the width of their screens.

On another computer, put the address of the piece in place of \`localhost\`, and its own address in \`osc: allow\`. The
session subscribes by itself and stays subscribed as long as it is open. Every tab says at its top whether the piece
answers (“No answer” after 25 s of silence) and what was refused in the last half minute. Fields for names and for the
message are sent by Enter or when they are left, once, and are empty again. A face pack with directions of its own wants a
fader for each: address \`${directions}\`.

## TouchOSC

1. In installation.yaml, add the tablet’s address to \`osc: allow\`.
2. In TouchOSC, *Connections*, *OSC*, connection 1: UDP, host the address of the computer of the piece, send port 9000,
   receive port 9001.
3. Give the document this script, which keeps it subscribed:

       local next = 0

       function update()
         local now = getMillis()
         if now >= next then
           next = now + 10000
           sendOSC({'/familiar/subscribe', {{tag = 'i', value = 9001}}}, {true})
         end
       end

4. A fader for the pace: an OSC message with address \`/familiar/pace\`, one argument *Value x* of type *Float*, scaled from 5
   to 600, *Send* and *Receive* on. A switch, such as \`/familiar/blackout\`: a button of type *Toggle*, the same message
   from 0 to 1. A command, such as \`/familiar/skip\`: a button of type *Momentary*, which sends 1 and 0; with
   the address alone it would send twice.

## QLab, Max and others

- **QLab**: a network patch of type *OSC message*, UDP, to the computer of the piece, port 9000; then cues such as
  \`/familiar/pace 30\`, \`/familiar/look "grain"\`, \`/familiar/preset "Evening"\`.
- **Max**: \`udpsend 127.0.0.1 9000\` and \`udpreceive 9001\`; a \`metro 10000\` into the message \`/familiar/subscribe 9001\`.
- **Anything that sends from one port and reads another**: \`/familiar/subscribe <the port it reads>\`, every ten seconds.
`;
}

/** The table of README.md: every address in few words. */
export function oscTable(parameters: readonly Parameter[]): string {
  const addresses = oscAddresses(parameters);
  const rows = [
    ...addresses.flatMap(({ address, parameter }) =>
      parameter ? [row(address, rangeOf(parameter), firstSentence(parameter.help))] : [],
    ),
    row(directions, reach, 'Bends every face: age, smile, pose...'),
    ...addresses.flatMap(({ address, parameter, takes, help }) =>
      parameter === null ? [row(address, takes.join(', '), help)] : [],
    ),
    ...Object.values(oscOwn).map(({ address, takes, help }) => row(address, takes, help)),
    ...[...Object.values(oscAnswers), ...Object.values(oscFeedback)].map(({ address, takes, help }) =>
      row(address, takes, `← ${help}`),
    ),
  ];
  return `| address | value | |\n|---|---|---|\n${rows.join('\n')}`;
}

/** README.md with the table between its two marks made anew. */
export function withOscTable(readme: string, parameters: readonly Parameter[]): string {
  return readme.replace(/(<!-- osc -->\n).*(\n<!-- \/osc -->)/s, (_, from: string, to: string) =>
    [from, oscTable(parameters), to].join('\n'),
  );
}

const firstSentence = (text: string): string => text.split(/(?<=[.”]) (?=[A-Z0-9])/)[0];

interface Told {
  readonly address: string;
  readonly takes: string;
  readonly help: string;
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
