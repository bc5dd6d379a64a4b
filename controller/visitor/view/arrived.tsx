import { useMemo, useState } from 'preact/hooks';
import { fillText } from '../../../server/protocol/texts.ts';
import { Modal } from '../../shared/modal.tsx';
import { qrPath } from '../model/qr-path.ts';
import type { Receipt, Screen } from '../model/screen.ts';
import type { View } from './context.ts';
import { Title } from './title.tsx';

export interface ArrivedProps {
  readonly view: View;
  readonly screen: Extract<Screen, { name: 'arrived' }>;
}

type Forgetting = 'no' | 'asking' | 'under-way' | 'failed';

export function Arrived({ view, screen }: ArrivedProps) {
  const { texts, app, language } = view;
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
        <button type="button" class="main" onClick={done}>
          {texts.arrivedDone}
        </button>
      </div>
      {receipt && (forgetting === 'asking' || forgetting === 'under-way') && (
        <Modal title={texts.receiptForgetSure} onClose={() => setForgetting('no')}>
          <div class="choices">
            <button type="button" class="main" onClick={() => setForgetting('no')}>
              {texts.back}
            </button>
            <button type="button" aria-busy={forgetting === 'under-way'} onClick={() => forget(receipt.address)}>
              {texts.receiptForget}
            </button>
          </div>
        </Modal>
      )}
    </>
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
