import type { ParameterValue } from '../../../server/protocol/parameters.ts';
import { useStore } from '../../shared/use-store.ts';
import { parameterSections } from '../model/parameter-view.ts';
import type { View } from './context.ts';
import { ParameterControl } from './parameter-control.tsx';

/** All live parameters, made from their description. */
export function Controls({ view }: { readonly view: View }) {
  const { state, app } = view;
  const drafts = useStore(app.parameters.store);
  const values: Readonly<Record<string, ParameterValue>> = state.parameters;
  return (
    <div class="sections">
      {parameterSections(state.descriptions).map(({ group, title, parameters }) => (
        <section key={group} class="card" aria-labelledby={`group-${group}`}>
          <h2 id={`group-${group}`}>{title}</h2>
          {parameters.map((parameter) => (
            <ParameterControl
              key={parameter.key}
              parameter={parameter}
              value={drafts.get(parameter.key)?.value ?? values[parameter.key]}
              onEdit={(value, held) => app.parameters.edit(parameter.key, value, held)}
              onRelease={() => app.parameters.release(parameter.key)}
            />
          ))}
        </section>
      ))}
    </div>
  );
}
