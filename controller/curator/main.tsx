import { render } from 'preact';
import { guardPage } from '../shared/guard.ts';
import { keepOwnWords } from '../shared/own-words.ts';
import { startCuratorApp } from './curator-app.ts';
import { Page } from './view/page.tsx';

guardPage();
const page = document.querySelector('#page');
if (page) {
  keepOwnWords(page);
  render(<Page app={startCuratorApp()} />, page);
}
