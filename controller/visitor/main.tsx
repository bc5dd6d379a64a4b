import { render } from 'preact';

render(<h1>Familiar Faces</h1>, document.body);
