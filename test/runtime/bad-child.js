/** A probe's child process that behaves as badly as a graphics driver can. */
const behaviours = {
  crash: () => process.kill(process.pid, 'SIGSEGV'),
  exit: () => {
    process.stderr.write('first line\nlibvulkan: the device is lost\n', () => process.exit(3));
  },
  hang: () => setInterval(() => {}, 1_000),
  flood: () => {
    const line = `${'x'.repeat(1_000)}\n`;
    for (let i = 0; i < 5_000; i++) process.stderr.write(line);
    process.stderr.write('the last words\n', () => process.abort());
  },
  // Answers, and then cannot end.
  linger: () => {
    setInterval(() => {}, 1_000);
    process.send({ name: 'lingering', milliseconds: 1 });
  },
};

behaviours[process.argv[2]]();
