import { useState } from 'preact/hooks';
import { faceUrl } from '../../../server/protocol/routes.ts';
import { type ChainFace, facesAtOnce } from '../../../server/protocol/snapshot.ts';
import { Modal } from '../../shared/modal.tsx';
import type { CuratorApp } from '../curator-app.ts';
import { dayAndTime, faceName, percent } from '../model/words.ts';
import { AcknowledgementStrip } from './acknowledgement-strip.tsx';
import { ArmButton } from './arm-button.tsx';
import { ChainCare } from './chain-care.tsx';
import type { View } from './context.ts';
import { TextLine } from './text-line.tsx';

/** Faces that were looked up. */
interface Found {
  /** The visitor's number that was looked for. */
  readonly visitor: number;
  /** Oldest first. */
  readonly faces: readonly ChainFace[];
  /** Whether there may be more before them. */
  readonly isFull: boolean;
}

/** The newest faces of the chain, or those up to a visitor's; the newest first. */
export function Chain({ view }: { readonly view: View }) {
  const { app, state } = view;
  const [looked, look] = useState<string | null>(null);
  const [found, show] = useState<Found | null>(null);
  const { faces: chain, isFull } = found ?? { faces: state.chain, isFull: state.chain.length >= facesAtOnce };
  const at = chain.findIndex(({ id }) => id === looked);
  const before = isFull && chain[0] ? chain[0].visitor - 1 : 0;

  const find = async (visitor: number) => {
    const answer = await app.send({ type: 'chain.find', visitor });
    if (answer.status === 'refused' || !answer.faces) return;
    show({ visitor, faces: answer.faces, isFull: answer.faces.length >= facesAtOnce });
  };
  const forget = async (face: string) => {
    const answer = await app.send({ type: 'chain.forget', face });
    if (answer.status === 'refused' && answer.code !== 'not-found') return;
    // The newest are told anew by themselves.
    show((now) => {
      const faces = now?.faces.filter(({ id }) => id !== face) ?? [];
      return now && faces.length > 0 ? { ...now, faces } : null;
    });
  };

  if (state.chain.length === 0) {
    return (
      <div class="chain">
        <ChainCare view={view} />
        <p class="help empty">The chain is empty. The first visitor begins it.</p>
      </div>
    );
  }
  return (
    <div class="chain">
      <ChainCare view={view} />
      <Finder onFind={find} />
      <div class="choices">
        <button type="button" aria-disabled={before < 1} onClick={() => before >= 1 && find(before)}>
          Older faces
        </button>
        <button type="button" aria-disabled={!found} onClick={() => show(null)}>
          Newest faces
        </button>
      </div>
      <p class="help" role="status">
        {whichFaces(found)}
      </p>
      <ul class="faces" aria-label={`${chain.length} faces, the newest first`}>
        {[...chain].reverse().map((face) => (
          <li key={face.id}>
            <button type="button" onClick={() => look(face.id)}>
              <img src={faceUrl(face.id, 'thumbnail.webp')} alt="" loading="lazy" width="128" height="128" />
              <span>{faceName(face.visitor)}</span>
            </button>
          </li>
        ))}
      </ul>
      {chain[at] && (
        <FaceDialog
          key={chain[at].id}
          app={app}
          face={chain[at]}
          before={chain[at - 1]}
          after={chain[at + 1]}
          onLook={look}
          onForget={forget}
        />
      )}
    </div>
  );
}

function whichFaces(found: Found | null): string {
  if (!found) return 'The newest faces.';
  const { visitor, faces } = found;
  const isThere = faces.at(-1)?.visitor === visitor;
  return isThere ? `Faces up to number ${visitor}.` : `There is no face ${visitor}; these came before.`;
}

/** Asks for a face's number, which stands on the wall and on the visitor's receipt. */
function Finder({ onFind }: { readonly onFind: (visitor: number) => void }) {
  const [text, setText] = useState('');
  const visitor = Number(text);
  return (
    <TextLine
      label="Number of the face"
      placeholder="The face’s number"
      maxLength={9}
      isNumber
      value={text}
      onInput={setText}
      action="Find"
      isReady={Number.isInteger(visitor) && visitor >= 1}
      onSubmit={() => onFind(visitor)}
    />
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
    <Modal title={faceName(face.visitor)} class="face" onClose={() => onLook(null)}>
      <img src={faceUrl(face.id, 'final.webp')} alt={faceName(face.visitor)} />
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
