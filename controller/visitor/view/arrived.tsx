import { useEffect, useMemo, useState } from 'preact/hooks';
import { fillText } from '../../../server/protocol/texts.ts';
import { Modal } from '../../shared/modal.tsx';
import { useIdle } from '../../shared/use-idle.ts';
import { qrPath } from '../model/qr-path.ts';
import type { Receipt, Screen } from '../model/screen.ts';
import type { View } from './context.ts';
import { Title } from './title.tsx';

export interface ArrivedProps {
  readonly view: View;
  readonly screen: Extract<Screen, { name: 'arrived' }>;
}

/** How long the question whether to delete waits for an answer, ms. */
const askPatience = 30_000;

type Forgetting = 'no' | 'asking' | 'under-way' | 'failed';

export function Arrived({ view, screen }: ArrivedProps) {
  const { texts, app, language, state } = view;
  const { receipt, visitor } = screen;
  const [forgetting, setForgetting] = useState<Forgetting>('no');

  const forget = async (address: string) => {
    setForgetting('under-way');
    if (await forgetFace(address)) app.tell({ type: 'forgotten', receipt: address, now: Date.now() });
    else setForgetting('failed');
  };
  const done = () => {
    if (!screen.farewell) app.send({ type: 'leave' });
    if (receipt) app.tell({ type: 'put-away', receipt: receipt.address });
  };

  return (
    <>
      <Title>{texts.arrivedTitle}</Title>
      <p>{fillText(texts.arrivedText, { number: visitor })}</p>
      {receipt && (
        <div class="receipt">
          <Code link={linkIn(language, receipt)} label={`${texts.receiptAlt}: ${receipt.link}`} />
          <div>
            <p>{texts.arrivedReceipt}</p>
            <button type="button" class="quiet small" onClick={() => setForgetting('asking')}>
              {texts.receiptForget}
            </button>
          </div>
        </div>
      )}
      {forgetting === 'failed' && (
        <p role="alert" class="problem">
          {texts.tryFailed}
        </p>
      )}
      <div class="choices">
        {/* Where somebody is called, theirs is the button to press. */}
        <button type="button" class={state?.queue.called == null ? 'main' : 'quiet'} onClick={done}>
          {texts.arrivedDone}
        </button>
      </div>
      {receipt && (forgetting === 'asking' || forgetting === 'under-way') && (
        <ForgetDialog
          view={view}
          isUnderWay={forgetting === 'under-way'}
          onForget={() => forget(receipt.address)}
          onClose={() => setForgetting('no')}
        />
      )}
    </>
  );
}

interface ForgetDialogProps {
  readonly view: View;
  readonly isUnderWay: boolean;
  readonly onForget: () => void;
  readonly onClose: () => void;
}

/** Asks once more. While it is open, what it asks about does not go. */
function ForgetDialog({ view, isUnderWay, onForget, onClose }: ForgetDialogProps) {
  const { texts, app } = view;
  useIdle(askPatience, onClose);
  useEffect(() => {
    const timer = setInterval(app.keepCode, 1_000);
    return () => clearInterval(timer);
  }, []);
  return (
    <Modal title={texts.receiptForgetSure} onClose={onClose}>
      <div class="choices">
        <button type="button" class="main" onClick={onClose}>
          {texts.back}
        </button>
        <button type="button" aria-busy={isUnderWay} onClick={onForget}>
          {texts.receiptForget}
        </button>
      </div>
    </Modal>
  );
}

/** Their phone speaks the language they chose here. */
const linkIn = (language: string, { link }: Receipt): string => `${link}?language=${encodeURIComponent(language)}`;

/** Dark on light, whatever the page's colours: readers are made for that. */
function Code({ link, label }: { readonly link: Receipt['link']; readonly label: string }) {
  const { side, path } = useMemo(() => qrPath(link), [link]);
  return (
    <svg class="code" role="img" aria-label={label} viewBox={`0 0 ${side} ${side}`} shape-rendering="crispEdges">
      <path d={path} />
    </svg>
  );
}

async function forgetFace(address: string): Promise<boolean> {
  try {
    return (await fetch(`${address}/forget`, { method: 'POST' })).ok;
  } catch {
    return false;
  }
}
