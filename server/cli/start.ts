import { resolve } from 'node:path';
import type { Command } from 'commander';
import { createCamera } from '../camera/camera.ts';
import type { Config } from '../config/schema.ts';
import { messageOf } from '../errors.ts';
import type { Off } from '../installation/ports.ts';
import { type Live, startLive } from '../main.ts';
import { routes } from '../protocol/routes.ts';
import type { LogLine } from '../protocol/snapshot.ts';
import { configOption, openConfig } from './config-file.ts';
import { lastWords } from './last-words.ts';

/** `familiar-faces start`: runs the installation until it is told to stop. */
export function registerStart(program: Command): void {
  program
    .command('start')
    .description('run the installation: the wall, the tablets, OSC')
    .addOption(configOption())
    .action(async ({ config: file }: { config: string }) => {
      const { config, isFresh, folder } = await openConfig(file);
      const live = await startLive({
        config,
        folder,
        createCamera: (driver, decoder) => createCamera(config, (path) => resolve(folder, path), driver, decoder),
      });
      // Before a word is said: whoever reads it may already tell it to stop.
      const end = untilTold(live, announceEngine(live));
      say(introduction(live, config, isFresh));
      for (const line of live.log.lines) sayLine(line);
      live.log.onLine(sayLine);
      await end;
    });
}

const say = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

const sayLine = ({ at, level, message }: LogLine): void => {
  const time = new Date(at).toLocaleTimeString('en-GB');
  say(`${time}  ${level === 'info' ? '' : `${level}: `}${message}`);
};

function introduction(live: Live, config: Config, isFresh: boolean): string {
  const { address, tablets, trust, camera, pack, pin, osc } = live;
  const tablet = (route: string) => `${tablets.slice(0, -1)}${route}`;
  const senders = config.osc.allow.every((sender) => sender === '127.0.0.1' || sender === '::1')
    ? 'from this computer only'
    : `from ${config.osc.allow.join(', ')}`;
  const rows = [
    ['the wall', address],
    ['visitors', tablet(routes.visitor)],
    ['curator', `${tablet(routes.curator)}   PIN ${config.server.pin ? 'as in installation.yaml' : pin}`],
    [],
    ['face pack', pack],
    ['engine', 'starting'],
    ['camera', `${camera.health.name}${camera.health.message ? `: ${camera.health.message}` : ''}`],
    ['OSC', osc === null ? 'off' : `port ${osc.split(':').at(-1)}, ${senders}`],
  ];
  const lines = rows.map(([name = '', value = '']) => `  ${name.padEnd(10)} ${value}`.trimEnd());
  const notes = [
    isFresh && 'There is no installation.yaml here: everything is at its default.',
    config.live.camera === 'browser' &&
      tablets.startsWith('http:') &&
      `Tablets lend their camera only over https (installation.yaml, server: certificate: auto), or on this computer at
  http://localhost:${new URL(address).port || 80}${routes.visitor}`,
    `A visitors’ tablet asks for the PIN once. A display on another computer shows a code for the curator’s page (Devices).`,
    trust !== null && `Open ${trust} once on each tablet, so that it trusts this installation.`,
  ].flatMap((note) => (note ? [`\n\n  ${note}`] : []));
  return `Familiar Faces\n\n${lines.join('\n')}${notes.join('')}\n`;
}

/** The engine says later what it found; once is enough, the curator's page shows the rest. */
function announceEngine({ engine, log }: Live): Off {
  let told = '';
  return engine.onHealth(({ level, name, message, pack, resolution }) => {
    const words = level === 'good' ? `The engine is ready: ${name}, face pack ${pack} (${resolution} px).` : message;
    if (level === 'starting' || words === '' || words === told) return;
    told = words;
    log.write(level === 'good' ? 'info' : 'warning', words);
  });
}

/** Resolves after a signal, when everything has been put away; a second signal ends at once. */
async function untilTold(live: Live, silence: Off): Promise<void> {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const failed = new Promise<Error>((resolveWith) => {
    process.once('uncaughtException', resolveWith);
  });
  process.on('unhandledRejection', (reason) => live.log.write('error', `Unexpected: ${messageOf(reason)}`));
  const told = new Promise<null>((resolveWith) => {
    for (const signal of signals) process.once(signal, () => resolveWith(null));
  });
  const error = await Promise.race([told, failed]);
  for (const signal of signals) process.on(signal, () => process.exit(1));
  say(`\n${error ? lastWords(error) : ''}Putting everything away.`);
  silence();
  await live.stop();
  // Whoever watches over the piece (systemd, pm2) starts it again after an error.
  process.exit(error ? 1 : 0);
}
