import { FamiliarError } from '../errors.ts';

/** ENGINE_AWAY: it is starting, or being started again. */
export const engineAway = (): FamiliarError =>
  new FamiliarError('ENGINE_AWAY', 'The engine is not ready yet. It starts by itself; try again in a moment.');

/** ENGINE_CLOSED: the installation is ending. */
export const engineClosed = (): FamiliarError =>
  new FamiliarError('ENGINE_CLOSED', 'The engine has been closed. Start the installation again.');

/** ENGINE_BUSY: one face at a time. */
export const engineBusy = (): FamiliarError =>
  new FamiliarError('ENGINE_BUSY', 'Another face is still becoming. Wait until it has arrived.');

/** ENGINE_FAILED: a becoming that cannot be gone on with. */
export const engineFailed = (reason: string): FamiliarError =>
  new FamiliarError(
    'ENGINE_FAILED',
    `The engine cannot go on with this face: ${reason.replace(/[.\s]+$/, '')}. Run 'npx familiar-faces doctor' on this computer.`,
  );

/** ENGINE_TARGET: a portrait of another size than the network's. */
export const wrongTarget = (width: number, height: number, resolution: number): FamiliarError =>
  new FamiliarError(
    'ENGINE_TARGET',
    `The portrait is ${width}x${height} px, but the face pack makes ${resolution} px. Prepare it at that size.`,
  );
