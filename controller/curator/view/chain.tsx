import { useState } from 'preact/hooks';
import { faceUrl } from '../../../server/protocol/routes.ts';
import type { ChainFace } from '../../../server/protocol/snapshot.ts';
import { Modal } from '../../shared/modal.tsx';
import type { CuratorApp } from '../curator-app.ts';
import { dayAndTime, percent } from '../model/words.ts';
import { AcknowledgementStrip } from './acknowledgement-strip.tsx';
import { ArmButton } from './arm-button.tsx';
import type { View } from './context.ts';

/** Every face of the chain, the newest first. */
export function Chain({ view }: { readonly view: View }) {
  const { chain } = view.state;
  const [looked, look] = useState<string | null>(null);
  const at = chain.findIndex(({ id }) => id === looked);
  if (chain.length === 0) return <p class="help empty">The chain is empty. The first visitor begins it.</p>;
  return (
    <>
      <ul class="faces" aria-label={`${chain.length} faces, the newest first`}>
        {[...chain].reverse().map((face) => (
          <li key={face.id}>
            <button type="button" onClick={() => look(face.id)}>
              <img src={faceUrl(face.id, 'thumbnail.webp')} alt="" loading="lazy" width="128" height="128" />
              <span>Visitor {face.visitor}</span>
            </button>
          </li>
        ))}
      </ul>
      {chain[at] && (
        <FaceDialog
          key={chain[at].id}
          app={view.app}
          face={chain[at]}
          before={chain[at - 1]}
          after={chain[at + 1]}
          onLook={look}
          onForget={(face) => view.send({ type: 'chain.forget', face })}
        />
      )}
    </>
  );
}

interface FaceDialogProps {
  readonly app: CuratorApp;
  readonly face: ChainFace;
  readonly before: ChainFace | undefined;
  readonly after: ChainFace | undefined;
  readonly onLook: (id: string | null) => void;
  readonly onForget: (id: string) => void;
}

function FaceDialog({ app, face, before, after, onLook, onForget }: FaceDialogProps) {
  return (
    <Modal title={`Visitor ${face.visitor}`} class="face" onClose={() => onLook(null)}>
      <img src={faceUrl(face.id, 'final.webp')} alt={`The face of visitor ${face.visitor}`} />
      <p>
        {dayAndTime(face.at)} · likeness {percent(face.likeness)}
      </p>
      <div class="choices">
        <button type="button" aria-disabled={!before} onClick={() => before && onLook(before.id)}>
          ← Before
        </button>
        <button type="button" aria-disabled={!after} onClick={() => after && onLook(after.id)}>
          After →
        </button>
        <button type="button" class="main" onClick={() => onLook(null)}>
          Close
        </button>
        <ArmButton class="danger" question="For good?" onPress={() => onForget(face.id)}>
          Delete
        </ArmButton>
      </div>
      <p class="help">
        Deleting takes the face, its films and all that was kept with it off the disk. It cannot be undone.
      </p>
      {/* The page's own lies behind the dialog. */}
      <AcknowledgementStrip app={app} />
    </Modal>
  );
}
