import { fillText } from '../../../server/protocol/texts.ts';
import type { Screen } from '../model/screen.ts';
import { cameraTexts } from '../model/words.ts';
import { CommandButton } from './button.tsx';
import type { View } from './context.ts';
import { Title } from './title.tsx';

type Of<N extends Screen['name']> = { readonly view: View; readonly screen: Extract<Screen, { name: N }> };

export function Attract({ view }: Of<'attract'>) {
  const { texts } = view;
  return (
    <>
      <Title>{texts.attractTitle}</Title>
      <p>{texts.attractText}</p>
      <div class="choices">
        <CommandButton view={view} command={{ type: 'begin' }} kind="main">
          {texts.attractBegin}
        </CommandButton>
      </div>
    </>
  );
}

/** Somebody else is becoming. */
export function Busy({ view }: Of<'busy'>) {
  const { texts, state } = view;
  const queue = state?.settings.queue && state.trouble !== 'closed';
  const full = state?.queue.full;
  return (
    <>
      <Title>{texts.attractTitle}</Title>
      <p>{!queue ? texts.attractText : full ? texts.queueFull : texts.attractQueue}</p>
      {queue && !full && (
        <div class="choices">
          <CommandButton view={view} command={{ type: 'queue.join' }} kind="main">
            {texts.queueJoin}
          </CommandButton>
        </div>
      )}
    </>
  );
}

export function Resting({ view, screen }: Of<'resting'>) {
  const { texts } = view;
  const words = { camera: texts.troubleCamera, engine: texts.troubleEngine, closed: texts.troubleClosed };
  return (
    <>
      <Title>{texts.title}</Title>
      <p>{screen.camera ? texts[cameraTexts[screen.camera].visitor] : words[screen.trouble]}</p>
      {screen.camera && <StaffNote view={view} camera={screen.camera} />}
    </>
  );
}

/** What staff can do about the tablet's camera. */
export function StaffNote({ view, camera }: { view: View; camera: keyof typeof cameraTexts }) {
  const { texts, app } = view;
  return (
    <div class="staff">
      <p>{texts[cameraTexts[camera].staff]}</p>
      <button type="button" class="quiet" onClick={app.tryCamera}>
        {texts.tryAgain}
      </button>
    </div>
  );
}

export function Called({ view, screen }: Of<'called'>) {
  const { texts } = view;
  const { ticket } = screen;
  return (
    <>
      <Title>{fillText(texts.greetCalled, { number: ticket })}</Title>
      <div class="choices">
        <CommandButton view={view} command={{ type: 'begin', ticket }} kind="main">
          {texts.queueBegin}
        </CommandButton>
        <CommandButton view={view} command={{ type: 'queue.leave', ticket }} kind="quiet">
          {texts.queueLeave}
        </CommandButton>
      </div>
    </>
  );
}

export function Consent({ view, screen }: Of<'consent'>) {
  const { texts, language } = view;
  const greeting = screen.ticket === null ? texts.greetTitle : fillText(texts.greetCalled, { number: screen.ticket });
  return (
    <>
      <Title>{greeting}</Title>
      <p>{texts.consentText}</p>
      <ul class="promises">
        <li>{texts[screen.photograph]}</li>
        <li>{texts.consentForget}</li>
        <li>{texts.consentLeave}</li>
      </ul>
      <div class="choices">
        <CommandButton view={view} command={{ type: 'consent', language }} kind="main">
          {texts.consentAgree}
        </CommandButton>
        <CommandButton view={view} command={{ type: 'leave' }} kind="quiet">
          {texts.consentDecline}
        </CommandButton>
      </div>
    </>
  );
}
