import { render } from 'preact';
import { guardPage } from '../shared/guard.ts';
import { keepOwnWords } from '../shared/own-words.ts';
import { Page } from './view/page.tsx';
import { startVisitorApp } from './visitor-app.ts';

guardPage();
const page = document.querySelector('#page');
if (page) {
  keepOwnWords(page);
  render(<Page app={startVisitorApp()} />, page);
}
