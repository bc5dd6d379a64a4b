import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { FamiliarError } from '../../server/errors.ts';
import { input, mul } from '../../server/graph/ops.ts';
import { createRuntime, type EngineChoice, engineChoices } from '../../server/runtime/create-runtime.ts';
import { engineUnavailable } from '../../server/runtime/errors.ts';
import { supportedProviders } from '../../server/runtime/onnxruntime.ts';
import { type EngineProbe, engines, probe, probeEngines } from '../../server/runtime/probe-engines.ts';
import { probeInChild } from '../../server/runtime/probe-in-child.ts';
import { softwareVulkan, softwareVulkanMissing } from './software-vulkan.ts';

afterEach(() => vi.unstubAllEnvs());

const refusal = async (promise: Promise<unknown>): Promise<FamiliarError> => {
  const error = await promise.then(
    () => undefined,
    (e) => e,
  );
  expect(error).toBeInstanceOf(FamiliarError);
  expect(error.message).not.toMatch(/\n/);
  return error;
};

describe('auto', () => {
  test('takes the fastest engine that works, says which, and what it found out about all', async () => {
    let probes: readonly EngineProbe[] = [];
    const runtime = await createRuntime('auto', {
      onProbed: (found) => {
        probes = found;
      },
    });
    const works = probes.filter((p) => p.ok);
    expect(works.length).toBeGreaterThan(0);
    expect(runtime.name).toBe(works[0].name);
    expect(works.map((p) => p.milliseconds)).toEqual(works.map((p) => p.milliseconds).sort((a, b) => a - b));
    expect(probes.filter((p) => !p.ok).every((p) => p.reason !== '' && p.advice !== '')).toBe(true);
    const x = input('x', [2]);
    const compiled = await runtime.compile({ outputs: { y: mul(x, 2) } });
    expect(await compiled.run({ x: Float32Array.of(1, 2) })).toEqual({ y: Float32Array.of(2, 4) });
    await compiled.dispose();
    await runtime.dispose();
  });

  test.skipIf(softwareVulkanMissing)('does not prefer a GPU that software imitates to the CPU', async () => {
    for (const [name, value] of Object.entries(softwareVulkan)) vi.stubEnv(name, value);
    const probes = await probeEngines(['webgpu', 'cpu']);
    expect(probes.map((p) => p.ok && p.name)).toEqual(['onnxruntime cpu', 'onnxruntime webgpu']);
  });
  if (softwareVulkanMissing) console.warn(`A software GPU is not tried out: ${softwareVulkanMissing}`);
});

describe('an engine that is asked for by name', () => {
  test.each<[EngineChoice, RegExp]>([
    ['cpu', /^onnxruntime cpu$/],
    ['tensorflow', /^tensorflow\.js /],
  ])('%s starts', async (choice, name) => {
    const runtime = await createRuntime(choice, { threads: 1 });
    expect(runtime.name).toMatch(name);
    await runtime.dispose();
  });

  test('and is not in this build of onnxruntime says what there is and what to do', async () => {
    const supported = await supportedProviders();
    expect(supported).toContain('cpu');
    const missing = (['coreml', 'directml'] as const).find((engine) => !supported.includes(engine)) as EngineChoice;
    const error = await refusal(createRuntime(missing));
    expect(error).toMatchObject({ code: 'ENGINE_UNAVAILABLE', exitCode: 1 });
    expect(error.message).toContain(`'${missing}'`);
    expect(error.message).toContain(supported.join(', '));
    expect(error.message).toMatch(/choose engine 'webgpu' or 'cpu'\.$/);
  });

  test('and has no driver says so', async () => {
    vi.stubEnv('VK_ICD_FILENAMES', '/nowhere.json');
    vi.stubEnv('VK_DRIVER_FILES', '/nowhere.json');
    const result = await probe('webgpu');
    // A machine with Metal or Direct3D needs no Vulkan.
    if (result.ok) return expect(['darwin', 'win32']).toContain(process.platform);
    expect(result).toMatchObject({ engine: 'webgpu', reason: expect.stringMatching(/adapter/i) });
    expect(result.reason).not.toMatch(/onnxruntime_src|\n/);
    const error = await refusal(createRuntime('webgpu'));
    expect(error.message).toMatch(/^Engine 'webgpu' cannot start: .*driver is installed, or choose engine 'cpu'\.$/);
  });

  test.each([
    ['webgp', "Did you mean 'webgpu'?"],
    ['CPU', "Did you mean 'cpu'?"],
    ['tensorflowjs', "Did you mean 'tensorflow'?"],
    ['wgpu', "Did you mean 'webgpu'?"],
    ['x'.repeat(10_000), `'${'x'.repeat(40)}'. The engines are ${engineChoices.join(', ')}.`],
  ])('and does not exist: %s', async (word, words) => {
    const error = await refusal(createRuntime(word as EngineChoice));
    expect(error).toMatchObject({ code: 'ENGINE_UNKNOWN', exitCode: 2 });
    expect(error.message).toContain(words);
  });
});

test('every engine is probed, and none takes the process down', async () => {
  const probes = await probeEngines();
  expect(probes.map((p) => p.engine).sort()).toEqual([...engines].sort());
  expect(probes.find((p) => p.engine === 'cpu')).toMatchObject({ ok: true, name: 'onnxruntime cpu' });
  expect(probes.findIndex((p) => !p.ok)).toBe(probes.filter((p) => p.ok).length);
});

describe('a driver that is broken', () => {
  const bad = fileURLToPath(new URL('./bad-child.js', import.meta.url));
  const badly = (behaviour: string, timeLimitMs = 10_000) =>
    probeInChild('webgpu', {
      timeLimitMs,
      start: () => fork(bad, [behaviour], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] }),
    });

  test.each([
    ['crash', /^it crashed \(SIGSEGV\)$/],
    ['exit', /^it crashed \(exit code 3\): libvulkan: the device is lost$/],
    ['flood', /^it crashed \(SIGABRT\): .{1,200}$/],
  ])('%s', async (behaviour, reason) => {
    expect(await badly(behaviour)).toEqual({ reason: expect.stringMatching(reason) });
  });

  test('hangs: it is ended', async () => {
    expect(await badly('hang', 1_000)).toEqual({ reason: 'it gave no answer within 1 s' });
  });

  test('lingers: its answer counts', async () => {
    expect(await badly('linger')).toEqual({ name: 'lingering', milliseconds: 1 });
  });
});

test('a library’s complaint becomes one short line', () => {
  const complaint = new Error(
    `/onnxruntime_src/core/providers/x.cc:136 onnxruntime::X::Init()::<lambda()> status == ok was false. No\n adapter.\n${'!'.repeat(1_000)}`,
  );
  expect(engineUnavailable('webgpu', complaint).message).toMatch(
    /^Engine 'webgpu' cannot start: No adapter\. !{250,300}\.\.\.\. Check /,
  );
});
