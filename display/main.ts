import { stayAwake } from '../controller/shared/wake.ts';
import { readAddress } from './address.ts';
import { keepCalm } from './kiosk/calm.ts';
import { ErrorGuard } from './kiosk/guard.ts';
import { reloadWhenPossible } from './kiosk/reload.ts';
import { Wall } from './wall.ts';

/** The page of the wall. */
const onReload = () => void reloadWhenPossible();
const guard = new ErrorGuard(onReload, () => performance.now());
guard.watch(window);
keepCalm(document);
stayAwake(document, () => {});
const pixels = Math.min(innerWidth, innerHeight) * devicePixelRatio;
const address = readAddress(new URLSearchParams(location.search), pixels);
const host = document.querySelector<HTMLElement>('#wall');
if (host) new Wall({ host, address, guard, onReload }).start();
