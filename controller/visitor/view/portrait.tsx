import { useEffect, useState } from 'preact/hooks';
import { type PortraitProblem, portraitProblemTexts } from '../../../server/protocol/portrait-problems.ts';
import type { Hint } from '../../../server/protocol/snapshot.ts';
import { useStore } from '../../shared/use-store.ts';
import { useTicks } from '../../shared/use-ticks.ts';
import type { Screen } from '../model/screen.ts';
import { noHint, steadyHint } from '../model/steady-hint.ts';
import { cameraTexts, hintTexts } from '../model/words.ts';
import { CommandButton } from './button.tsx';
import type { View } from './context.ts';
import { StaffNote } from './invite.tsx';
import { Title } from './title.tsx';

type Of<N extends Screen['name']> = { readonly view: View; readonly screen: Extract<Screen, { name: N }> };

export function Framing({ view, screen }: Of<'framing'>) {
  const { texts, app } = view;
  const hint = useSteadyHint(screen.hint);
  const asking = useStore(app.camera.view).status === 'opening';
  const isTaken = hint === 'ready' && screen.captures;
  return (
    <>
      <Title>{texts.framingTitle}</Title>
      <p role="status" class="hint" data-ready={hint === 'ready'}>
        {isTaken ? texts.framingSoon : hint ? texts[hintTexts[hint]] : asking ? texts.cameraAsk : texts.framingText}
      </p>
      {screen.problem && <Problem view={view} problem={screen.problem.code} />}
      <div class="choices">
        <CommandButton view={view} command={{ type: 'capture' }} kind="main">
          {texts.framingCapture}
        </CommandButton>
        <Leave view={view} />
      </div>
    </>
  );
}

function Leave({ view }: { readonly view: View }) {
  return (
    <CommandButton view={view} command={{ type: 'leave' }} kind="quiet">
      {view.texts.framingLeave}
    </CommandButton>
  );
}

function Problem({ view, problem }: { view: View; problem: PortraitProblem }) {
  return (
    <p role="alert" class="problem">
      {view.texts[portraitProblemTexts[problem]]}
    </p>
  );
}

/** Follows the hints without their flicker. */
function useSteadyHint(newest: Hint | null): Hint | null {
  const [steady, follow] = useState(noHint);
  useTicks(150);
  const next = steadyHint(steady, newest, Date.now());
  useEffect(() => follow(next), [next]);
  return next.shown;
}

export function CameraTrouble({ view, screen }: Of<'camera-trouble'>) {
  const { texts } = view;
  return (
    <>
      <Title>{texts.framingTitle}</Title>
      <p role="alert">{screen.camera ? texts[cameraTexts[screen.camera].visitor] : texts.troubleCamera}</p>
      {screen.camera && <StaffNote view={view} camera={screen.camera} />}
      <div class="choices">
        <Leave view={view} />
      </div>
    </>
  );
}

export function Countdown({ view }: Of<'countdown'>) {
  const { texts } = view;
  return (
    <>
      <Title>{texts.countdownText}</Title>
      <div class="choices">
        <Leave view={view} />
      </div>
    </>
  );
}

export function Review({ view, screen }: Of<'review'>) {
  const { texts } = view;
  if (screen.portrait === null) return <Title>{texts.reviewWorking}</Title>;
  return (
    <>
      <Title key="portrait">{texts.reviewTitle}</Title>
      <div class="choices">
        <CommandButton view={view} command={{ type: 'keep' }} kind="main">
          {texts.reviewKeep}
        </CommandButton>
        <CommandButton view={view} command={{ type: 'again' }}>
          {texts.reviewAgain}
        </CommandButton>
        <CommandButton view={view} command={{ type: 'leave' }} kind="quiet">
          {texts.reviewLeave}
        </CommandButton>
      </div>
    </>
  );
}
