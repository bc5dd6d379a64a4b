import { FamiliarError } from '../errors.ts';
import type { ChainClockJump } from '../protocol/snapshot.ts';

/** CHAIN_IN_USE: two programs writing one chain would lose faces. */
export const chainInUse = (folder: string, pid: number): FamiliarError =>
  new FamiliarError(
    'CHAIN_IN_USE',
    `${folder}: another Familiar Faces (process ${pid}) uses this chain. Stop that one first, or choose another folder under 'chain: folder'.`,
  );

/** What to say of a clock that may have jumped ahead. */
export const jumpProblem = ({ from, to, faces }: ChainClockJump): string =>
  `The clock of this computer says ${dayOf(to)}, but the piece last ran on ${dayOf(from)}. ${faces} faces would be ` +
  "deleted as older than 'chain: forgetAfter' allows; they stay until the curator's page (Chain) confirms the date.";

const dayOf = (time: number): string => new Date(time).toISOString().slice(0, 10);

/** What to say of a face that was deleted because it still showed one that was. */
export const sharerProblem = (id: string): string =>
  `Face ${Number.parseInt(id, 10)} was deleted as well: its becoming ended early, and it still showed much of a face that was deleted.`;

/** FACE_UNKNOWN: never there, or forgotten. */
export const faceUnknown = (id: string): FamiliarError =>
  new FamiliarError('FACE_UNKNOWN', `There is no face '${id.slice(0, 60)}' in the chain. It may have been deleted.`);

/** FACE_OTHER_PACK: the latent means nothing to the network in use; the pictures stay. */
export const faceOfOtherPack = (id: string): FamiliarError =>
  new FamiliarError(
    'FACE_OTHER_PACK',
    `Face '${id}' was made with another face pack and cannot be drawn by this one. Its pictures can still be shown.`,
  );

/** FACE_FORGOTTEN: deleted while it was being made. */
export const faceForgotten = (id: string): FamiliarError =>
  new FamiliarError('FACE_FORGOTTEN', `Face '${id}' has been deleted; nothing more is kept of it.`);
