import { stayAwake } from '../controller/shared/wake.ts';
import { readAddress } from './address.ts';
import { keepCalm } from './kiosk/calm.ts';
import { ErrorGuard } from './kiosk/guard.ts';
import { reloadWhenPossible } from './kiosk/reload.ts';
import { machineDrawsInSoftware } from './scene/gpu-probe.ts';
import { Wall } from './wall.ts';

/** A processor that draws the wall has no time for more, px; it draws soft pictures in any case. */
const softwarePixels = 256;

/** The page of the wall. */
const onReload = () => void reloadWhenPossible();
const guard = new ErrorGuard(onReload, () => performance.now());
guard.watch(window);
keepCalm(document);
stayAwake(document, () => {});
const screenPixels = Math.min(innerWidth, innerHeight) * devicePixelRatio;
const pixels = machineDrawsInSoftware(document) ? Math.min(softwarePixels, screenPixels) : screenPixels;
const address = readAddress(new URLSearchParams(location.search), pixels);
const host = document.querySelector<HTMLElement>('#wall');
if (host) new Wall({ host, address, guard, onReload }).start();
