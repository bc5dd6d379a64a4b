import { useLayoutEffect } from 'preact/hooks';
import { completeTexts, fillText, type Texts } from '../../../server/protocol/texts.ts';
import { useStore } from '../../shared/use-store.ts';
import { useTicks } from '../../shared/use-ticks.ts';
import { isKeptByTouch, mayWarn, type Screen, screenOf, warningOf } from '../model/screen.ts';
import { languageOf } from '../model/tablet.ts';
import type { VisitorApp } from '../visitor-app.ts';
import { Arrived } from './arrived.tsx';
import { Becoming } from './becoming.tsx';
import type { View } from './context.ts';
import { Attract, Busy, Called, Consent, Resting } from './invite.tsx';
import { Languages } from './languages.tsx';
import { Mirror } from './mirror.tsx';
import { CameraTrouble, Countdown, Framing, Review } from './portrait.tsx';
import { Queue } from './queue.tsx';
import { Title } from './title.tsx';

/** The visitors' page. */
export function Page({ app }: { readonly app: VisitorApp }) {
  const link = useStore(app.link);
  const tablet = useStore(app.tablet);
  const { problem } = useStore(app.camera.view);
  const { state } = link;
  const language = state ? languageOf(tablet, state) : firstLanguage();
  const texts: Texts = state?.texts[language] ?? completeTexts(language, {});
  const screen = screenOf(link, tablet, problem);
  const view: View = { app, screen, state, tablet, texts, language };
  useLayoutEffect(() => {
    document.documentElement.lang = language;
    document.title = texts.title;
  });
  const away = link.phase !== 'online' && screen.name !== 'connecting' && screen.name !== 'outdated';
  return (
    <div class="page" data-screen={screen.name} data-away={away}>
      <header>
        <p class="mark">{texts.title}</p>
        {state && <Languages view={view} />}
      </header>
      <main>
        <Mirror view={view} />
        <section class="words" key={screen.name}>
          <Words view={view} />
          {mayWarn(screen) && <Warning view={view} />}
        </section>
      </main>
      <Queue view={view} />
      <div class="notices" role="status">
        {away && <p class="notice">{texts.reconnecting}</p>}
        {tablet.notice && !away && <p class="notice">{texts[tablet.notice.text]}</p>}
      </div>
    </div>
  );
}

function Words({ view }: { readonly view: View }) {
  const screen: Screen = view.screen;
  switch (screen.name) {
    case 'connecting':
      return <Title>{view.texts.reconnecting}</Title>;
    case 'outdated':
      return <Outdated texts={view.texts} />;
    case 'resting':
      return <Resting view={view} screen={screen} />;
    case 'attract':
      return <Attract view={view} screen={screen} />;
    case 'busy':
      return <Busy view={view} screen={screen} />;
    case 'called':
      return <Called view={view} screen={screen} />;
    case 'consent':
      return <Consent view={view} screen={screen} />;
    case 'framing':
      return <Framing view={view} screen={screen} />;
    case 'camera-trouble':
      return <CameraTrouble view={view} screen={screen} />;
    case 'countdown':
      return <Countdown view={view} screen={screen} />;
    case 'review':
      return <Review view={view} screen={screen} />;
    case 'becoming':
      return <Becoming view={view} screen={screen} />;
    case 'arrived':
      return <Arrived view={view} screen={screen} />;
  }
}

function Outdated({ texts }: { readonly texts: Texts }) {
  return (
    <>
      <Title>{texts.outdatedTitle}</Title>
      <p>{texts.outdatedText}</p>
      <div class="choices">
        <button type="button" class="main" onClick={() => location.reload()}>
          {texts.reload}
        </button>
      </div>
    </>
  );
}

/** A gentle word before the piece moves on. Seen by the second, read out by fives. */
function Warning({ view }: { readonly view: View }) {
  useTicks(250);
  const link = view.app.link.get();
  const seconds = warningOf(view.screen, link, Date.now());
  const words = isKeptByTouch(view.screen, link) ? view.texts.codeGoing : view.texts.stillThere;
  const say = (count: number) => fillText(words, { seconds: count });
  return (
    <>
      <p class="warning" aria-hidden="true" data-shown={seconds !== null}>
        {say(seconds ?? 0)}
      </p>
      <p class="visually-hidden" role="status">
        {seconds !== null && say(Math.ceil(seconds / 5) * 5)}
      </p>
    </>
  );
}

/** Before the server has said its languages. */
const firstLanguage = (): string => navigator.language.slice(0, 2);
