import { describe, expect, it } from 'vitest';
import { defaultConfig, parseConfig } from '../../server/config/read-config.ts';
import { LiveParameters } from '../../server/control/live-parameters.ts';
import { applyParameters } from '../../server/live/apply-parameters.ts';
import { defaultValues, describeParameters } from '../../server/protocol/parameters.ts';
import { builtInLanguages } from '../../server/protocol/texts.ts';

/** What is warned of where the engine's pack has these directions and installation.yaml those. */
async function warnings(directions: readonly string[], own: Readonly<Record<string, number>>) {
  const described = describeParameters({ directions: [], languages: builtInLanguages });
  const parameters = new LiveParameters(described, defaultValues(described), {});
  const said: string[] = [];
  const nothing = () => {};
  const { countdown, hold, accepting, portraitBeside } = parameters.values;
  applyParameters({
    parameters,
    installation: {
      paceChanged: nothing,
      freezeChanged: nothing,
      settingsChanged: nothing,
      directionsChanged: nothing,
    },
    camera: { use: nothing },
    engine: { directions, setDirections: nothing, whenReady: async () => {} },
    settings: () => ({ ...defaultConfig().visit, countdown, hold, accepting, portraitBeside }),
    languages: builtInLanguages,
    directions: own,
    warn: (message) => said.push(message),
    changed: nothing,
  });
  await Promise.resolve();
  return { said, parameters };
}

describe('the directions of installation.yaml', () => {
  it('that the face pack lacks are said, with those that it has', async () => {
    const some = await warnings(['pose', 'smile'], { age: 0.5, smile: 1 });
    expect(some.said).toEqual(['live.directions: the face pack has no direction “age”; it has pose, smile.']);
    expect(some.parameters.values).toMatchObject({ 'direction.smile': 1 });
    expect((await warnings([], { age: 0.5 })).said).toEqual([
      'live.directions: the face pack has no direction “age”; it has none.',
    ]);
    expect((await warnings([], {})).said).toEqual([]);
  });

  it('go as far as the sliders do, to either side', async () => {
    const own = (age: number) => parseConfig(`live: {directions: {age: ${age}}}`, 'f').live.directions;
    const { parameters } = await warnings(['age'], own(0));
    const slider = parameters.descriptions.find(({ key }) => key === 'direction.age');
    if (slider?.type !== 'number') throw new Error('There is no slider.');
    for (const end of [slider.min, slider.max]) {
      expect(own(end)).toEqual({ age: end });
      expect(() => own(end * 1.01)).toThrow(/live.directions.age/);
    }
  });
});
